import { Code, ServeError } from "@paddlewheel/core";
import { packSnappy, unpackSnappy } from "../compression/snappy.js";
import { unpackLimit } from "../compression/unpack-limit.js";
import { minCompressedSize, packZlib, unpackZlib, type ZlibFormat } from "../compression/zlib-format.js";
import { CompressType } from "./rpc-meta.js";

/** zlib's formats by `CompressType`, with their names in brpc. */
const zlibFormats: ReadonlyMap<number, { readonly format: ZlibFormat; readonly name: string }> = new Map([
  [CompressType.gzip, { format: "gzip", name: "gzip" }],
  [CompressType.zlib, { format: "deflate", name: "zlib" }],
]);

/** A message as it travels. */
export interface PackedMessage {
  readonly bytes: Uint8Array;
  readonly compressType: CompressType;
}

/**
 * Packs a message where that makes it smaller. Snappy always packs at once, on the event loop: it takes about a
 * millisecond for 600 KB; zlib's threads do large messages of the others, which must stay as they are meanwhile.
 */
export function packMessage(
  message: Uint8Array,
  compressType: CompressType,
): PackedMessage | Promise<PackedMessage> {
  if (compressType === CompressType.none || message.length < minCompressedSize) return asItIs(message);
  const zlib = zlibFormats.get(compressType);
  const packed = zlib ? packZlib(message, zlib.format) : packSnappy(message);
  const pick = (bytes: Uint8Array): PackedMessage =>
    bytes.length < message.length ? { bytes, compressType } : asItIs(message);
  return packed instanceof Promise ? packed.then(pick) : pick(packed);
}

/**
 * Unpacks a message by the `compress_type` of its meta; see `unpackLimit` for how large it may become.
 * @throws ServeError malformedRequest for an unknown type, or bytes that are not of it; messageTooLarge. The promise
 * rejects with the same.
 */
export function unpackMessage(
  bytes: Uint8Array,
  { compressType, maxMessageSize }: { readonly compressType: number; readonly maxMessageSize: number },
): Uint8Array | Promise<Uint8Array> {
  if (compressType === CompressType.none || bytes.length === 0) return bytes;
  if (compressType === CompressType.snappy) {
    return unpackSnappy(bytes, unpackLimit(bytes.length, maxMessageSize));
  }
  const zlib = zlibFormats.get(compressType);
  if (zlib) {
    const notPacked = (cause: unknown): ServeError => {
      const text = `the message: compress_type is ${compressType} (${zlib.name}), the bytes are not`;
      return new ServeError(Code.malformedRequest, text, { cause });
    };
    return unpackZlib(bytes, { format: zlib.format, maxMessageSize, notPacked });
  }
  const message = `compress_type: ${compressType} is not known, send 0 (none), 1 (snappy), 2 (gzip) or 3 (zlib)`;
  throw new ServeError(Code.malformedRequest, message);
}

/** Whether messages can be packed so. */
export function isCompressType(value: number): value is CompressType {
  return value >= CompressType.none && value <= CompressType.zlib;
}

function asItIs(bytes: Uint8Array): PackedMessage {
  return { bytes, compressType: CompressType.none };
}
