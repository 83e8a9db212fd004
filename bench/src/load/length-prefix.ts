export const lengthPrefixSize = 5;

/** A message as gRPC frames it: a flag that says it is not compressed, its length, its bytes. */
export function prefixLength(message: Uint8Array): Buffer {
  const body = Buffer.alloc(lengthPrefixSize + message.length);
  body.writeUInt32BE(message.length, 1);
  body.set(message, lengthPrefixSize);
  return body;
}
