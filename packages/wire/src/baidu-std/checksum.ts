import { Code, ServeError } from "@paddlewheel/core";
import { crc32c, maskCrc32c } from "./crc32c.js";
import { ChecksumType, type RpcMeta } from "./rpc-meta.js";

/**
 * The `checksum_value` of a message as it travels, and of the attachment behind it where that is included.
 * Source: brpc's crc32c_checksum.cpp.
 */
export function checksumOf(message: Uint8Array, attachment: Uint8Array = noBytes): Uint8Array {
  const value = Buffer.allocUnsafe(4);
  value.writeUInt32BE(maskCrc32c(crc32c(attachment, crc32c(message))));
  return value;
}

const noBytes = new Uint8Array(0);

/**
 * Compares what came with its checksum, where it has one of a type that is known; others are not looked at, as in brpc.
 * @throws ServeError malformedRequest when they differ.
 */
export function verifyChecksum(meta: RpcMeta, message: Uint8Array, attachment: Uint8Array): void {
  if (meta.checksumType !== ChecksumType.crc32c) return;
  const expected = checksumOf(message, meta.isChecksumWithAttachment ? attachment : noBytes);
  if (Buffer.compare(expected, meta.checksumValue) === 0) return;
  throw new ServeError(
    Code.malformedRequest,
    "the message: its bytes do not have the crc32c in checksum_value",
  );
}
