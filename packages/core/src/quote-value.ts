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

/** Names that a message lists before it says how many more there are. */
const maxListedNames = 16;

/** Names as messages list them, `"a", "b" and 3 more`; `none` when there are none. */
export function quoteNames(names: Iterable<string>): string {
  const all = [...new Set(names)];
  const listed = all.slice(0, maxListedNames).map(quoteValue).join(", ");
  const more = all.length - maxListedNames;
  return more > 0 ? `${listed} and ${more} more` : listed || "none";
}
