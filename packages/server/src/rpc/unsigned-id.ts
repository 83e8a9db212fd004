const maxId = 2n ** 64n - 1n;

/** An id as brpc writes it into headers: an unsigned 64-bit decimal number; anything else counts as none. */
export function parseUnsignedId(text: string | undefined): bigint {
  if (!text || !/^\d{1,20}$/.test(text)) return 0n;
  const id = BigInt(text);
  return id <= maxId ? id : 0n;
}
