import { FieldIndex } from "./field-index.js";
import type { HeaderField } from "./header-field.js";

/** SETTINGS_HEADER_TABLE_SIZE before anybody has said anything (RFC 9113, 6.5.2), bytes. */
export const initialTableSize = 4096;

/** Entries 1 to 16 of RFC 7541, appendix A: those of the first fields, most of them with a value. */
const first: readonly (readonly [name: string, value: string])[] = [
  [":authority", ""],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  [":status", "200"],
  [":status", "204"],
  [":status", "206"],
  [":status", "304"],
  [":status", "400"],
  [":status", "404"],
  [":status", "500"],
  ["accept-charset", ""],
  ["accept-encoding", "gzip, deflate"],
];

/** Entries 17 to 61: names without a value, in the order of the alphabet but for one. */
const names = `accept-language accept-ranges accept access-control-allow-origin age allow authorization
  cache-control content-disposition content-encoding content-language content-length content-location content-range
  content-type cookie date etag expect expires from host if-match if-modified-since if-none-match if-range
  if-unmodified-since last-modified link location max-forwards proxy-authenticate proxy-authorization range referer
  refresh retry-after server set-cookie strict-transport-security transfer-encoding user-agent vary via
  www-authenticate`;

/** The static table (RFC 7541, appendix A): entry 1 stands at 0. */
export const staticTable: readonly HeaderField[] = [
  ...first.map(([name, value]) => ({ name, value })),
  ...names.split(/\s+/).map((name) => ({ name, value: "" })),
];

/** Where a name or a field stands in the static table, counted from 1. */
export const staticIndex: FieldIndex = new FieldIndex();

// Last to first, because an index names the entry added last and the RFC's own examples use the lowest.
for (let index = staticTable.length; index >= 1; index--) {
  const field = staticTable[index - 1];
  if (field !== undefined) staticIndex.add(field, index);
}
