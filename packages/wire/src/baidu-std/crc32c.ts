/** CRC-32C, Castagnoli, reflected. Source: RFC 3720 appendix B.4. */
const polynomial = 0x82f63b78;

/** Bytes taken at a time; a table for each of them. Several times as fast as one by one. */
const stride = 8;
const tables = createTables();

function createTables(): Uint32Array {
  const all = new Uint32Array(stride * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    all[byte] = crc;
  }
  for (let i = 256; i < all.length; i++) {
    const before = all[i - 256] ?? 0;
    all[i] = (before >>> 8) ^ (all[before & 0xff] ?? 0);
  }
  return all;
}

/** The checksum of `bytes`; with that of what lies before them, the checksum of both. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  let at = 0;
  for (const end = bytes.length - stride + 1; at < end; at += stride) {
    const low =
      crc ^
      ((bytes[at] ?? 0) |
        ((bytes[at + 1] ?? 0) << 8) |
        ((bytes[at + 2] ?? 0) << 16) |
        ((bytes[at + 3] ?? 0) << 24));
    crc =
      (tables[1792 + (low & 0xff)] ?? 0) ^
      (tables[1536 + ((low >>> 8) & 0xff)] ?? 0) ^
      (tables[1280 + ((low >>> 16) & 0xff)] ?? 0) ^
      (tables[1024 + (low >>> 24)] ?? 0) ^
      (tables[768 + (bytes[at + 4] ?? 0)] ?? 0) ^
      (tables[512 + (bytes[at + 5] ?? 0)] ?? 0) ^
      (tables[256 + (bytes[at + 6] ?? 0)] ?? 0) ^
      (tables[bytes[at + 7] ?? 0] ?? 0);
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ (tables[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return ~crc >>> 0;
}

/** As checksums travel: a checksum of bytes that hold their own checksum would be weak. Source: brpc's crc32c.h, as LevelDB's. */
export function maskCrc32c(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
