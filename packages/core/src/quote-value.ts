/** Longest part of a text that a message repeats: enough to recognise it, and no way to fill a log. */
const maxQuotedLength = 64;

/** A value as messages quote it, short whatever it is; lists and objects by their kind, since they may be endless. */
export function quoteValue(value: unknown): string {
  if (typeof value === "string") {
    const isLong = value.length > maxQuotedLength;
    return JSON.stringify(isLong ? `${value.slice(0, maxQuotedLength)}…` : value);
  }
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}
