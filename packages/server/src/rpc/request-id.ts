import { randomBytes } from "node:crypto";

/** Seven characters: V8 keeps texts of up to 12 in one piece when they are joined, which is 60 million ids. */
const processPart = randomBytes(5).toString("base64url");
let count = 0;

/** An id for a call whose caller brought none: unique in the process, and very likely beyond it. */
export function nextRequestId(): string {
  count++;
  return `${processPart}${count.toString(36)}`;
}

/** Longest caller's id that is kept; it goes into every log line of the call. */
const maxLength = 128;

/** A caller's own id, cut to printable ASCII and length; undefined when nothing is left. */
export function cleanRequestId(text: string | undefined): string | undefined {
  const clean = text?.replace(/[^\x21-\x7e]/g, "").slice(0, maxLength);
  return clean || undefined;
}
