const maxLogId = 2n ** 64n - 1n;

/** The `log-id` header: an unsigned 64-bit number; anything else counts as none. */
export function parseLogId(text: string | undefined): bigint {
  if (!text || !/^\d{1,20}$/.test(text)) return 0n;
  const id = BigInt(text);
  return id <= maxLogId ? id : 0n;
}
