import { CipherKey, keyBytes } from "./cipher-key.js";

/** Letters of a key file that are read; a key has 64 at most. */
export const maxKeyTextBytes = 256;

const hex = /^[0-9a-fA-F]{64}$/;
const base64 = /^[A-Za-z0-9+/_-]{43}=?$/;

/**
 * Reads a key as people write it: 64 hexadecimal digits, or 32 bytes in base64; or as it is, in 32 bytes.
 * @param what where it comes from, for the message
 * @throws Error that tells nothing of what was read.
 */
export function parseKey(given: Uint8Array, what: string): CipherKey {
  if (given.length === keyBytes) return new CipherKey(new Uint8Array(given));
  const text = Buffer.from(given.buffer, given.byteOffset, given.byteLength).toString("latin1").trim();
  if (hex.test(text)) return new CipherKey(new Uint8Array(Buffer.from(text, "hex")));
  if (base64.test(text)) return new CipherKey(new Uint8Array(Buffer.from(text, "base64")));
  throw new Error(`${what}: must be 32 bytes, as 64 hexadecimal digits or as base64`);
}
