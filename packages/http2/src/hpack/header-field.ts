/** One name and value of a header list. Both are latin1: a character is a byte. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
  /** A secret that no table along the way may hold (RFC 7541, 7.1.3). Default false. */
  readonly isSensitive?: boolean;
}

/** What the RFC adds to name and value for the cost of keeping an entry (RFC 7541, 4.1). */
const fieldOverhead = 32;

/** The size of a field as dynamic tables and header list limits count it, in bytes. */
export function headerFieldSize(field: HeaderField): number {
  return field.name.length + field.value.length + fieldOverhead;
}
