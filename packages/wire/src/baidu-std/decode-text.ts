/**
 * Text of a peer. Compat: what is not UTF-8 is read as well as can be, as nothing in proto2 forbids it and error texts
 * of old servers are in other encodings.
 */
export function decodeText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}
