import { Code, ServeError } from "@paddlewheel/core";
import { messageTooLarge } from "../message-too-large.js";

/** What a message may always unpack to; beyond, it must not grow more than `maxRatio` times. */
const freeOutputSize = 1024 * 1024;

/** Tensors, mostly floats, pack to half; zeros alone pack a thousand times, and nobody needs to send those. */
const maxRatio = 100;

/** How large a packed message may become, and what to say when it would be larger. */
export interface UnpackLimit {
  /** In bytes. */
  readonly maxSize: number;
  /** The error for one that is larger: messageTooLarge. */
  exceeded(): ServeError;
}

/** Limits a message of `packedSize` bytes twice: by `maxMessageSize`, and above 1 MiB by 100 times its packed size. */
export function unpackLimit(packedSize: number, maxMessageSize: number): UnpackLimit {
  const ratioLimit = Math.max(freeOutputSize, packedSize * maxRatio);
  if (ratioLimit < maxMessageSize) {
    return { maxSize: ratioLimit, exceeded: () => growsTooMuch(packedSize, ratioLimit) };
  }
  return { maxSize: maxMessageSize, exceeded: () => messageTooLarge("more unpacked", maxMessageSize) };
}

function growsTooMuch(size: number, limit: number): ServeError {
  const message = `a message of ${size} bytes unpacks to more than ${limit}; send it uncompressed`;
  return new ServeError(Code.messageTooLarge, message);
}
