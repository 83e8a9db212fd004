import { promisify } from "node:util";
import {
  constants,
  deflate,
  deflateSync,
  gunzip,
  gunzipSync,
  gzip,
  gzipSync,
  inflate,
  inflateSync,
} from "node:zlib";
import { Code, quoteValue, ServeError } from "@paddlewheel/core";

/** How the messages of a body are packed: a value of `grpc-encoding` we speak. */
export type MessageEncoding = "identity" | "gzip" | "deflate";

/** What we read, as the value of `grpc-accept-encoding`; it also goes with every answer that refuses an encoding. */
export const acceptedEncodings = "identity,deflate,gzip";

/**
 * Up to this size messages are (un)packed on the event loop, in less than 0.2 ms, or 2 ms for the worst a peer can
 * send; the way to zlib's threads and back takes 0.2 ms itself.
 */
const maxSyncSize = 16 * 1024;

/** Messages below this are not worth packing. Source: brpc http_body_compress_threshold, as for our HTTP bodies. */
const minCompressedSize = 512;

/** What a message may always unpack to; beyond, it must not grow more than `maxRatio` times. */
const freeOutputSize = 1024 * 1024;

/** Tensors, mostly floats, pack to half; zeros alone pack a thousand times, and nobody needs to send those. */
const maxRatio = 100;

/** An image as floats packs to 39 % here and to 36 % at zlib's default, which takes eight times as long. */
const packOptions = { level: constants.Z_BEST_SPEED };

/** Output zlib's threads hand over at a time: at Node's default of 16 KiB, 600 KB take twice as long. */
const chunkSize = 128 * 1024;

const codecs = {
  gzip: { packSync: gzipSync, pack: promisify(gzip), unpackSync: gunzipSync, unpack: promisify(gunzip) },
  deflate: {
    packSync: deflateSync,
    pack: promisify(deflate),
    unpackSync: inflateSync,
    unpack: promisify(inflate),
  },
};

/**
 * The encoding a `grpc-encoding` names; identity when there is none.
 * @throws ServeError with the code that becomes the gRPC status asked for: UNIMPLEMENTED (methodNotFound) for a
 * request, INTERNAL for a response. Source: gRPC's compression.md.
 */
export function parseMessageEncoding(
  value: string | undefined,
  side: "request" | "response",
): MessageEncoding {
  if (value === undefined || value === "identity") return "identity";
  if (value === "gzip" || value === "deflate") return value;
  const code = side === "request" ? Code.methodNotFound : Code.internal;
  const message = `grpc-encoding: ${quoteValue(value)} is not known, send identity, deflate or gzip`;
  throw new ServeError(code, message);
}

/** The encoding to answer with: the best of ours that `grpc-accept-encoding` lists. */
export function pickMessageEncoding(accepted: string | undefined): MessageEncoding {
  const names = (accepted ?? "").split(",").map((name) => name.trim());
  if (names.includes("gzip")) return "gzip";
  return names.includes("deflate") ? "deflate" : "identity";
}

export interface CompressedMessage {
  readonly bytes: Uint8Array;
  /** The flag of its prefix; false when the bytes are the message itself. */
  readonly isCompressed: boolean;
}

/** Packs a message where that makes it smaller. The message must stay as it is until the promise is settled. */
export async function compressMessage(
  message: Uint8Array,
  encoding: MessageEncoding,
): Promise<CompressedMessage> {
  const asItIs = { bytes: message, isCompressed: false };
  if (encoding === "identity" || message.length < minCompressedSize) return asItIs;
  const { packSync, pack } = codecs[encoding];
  const bytes =
    message.length <= maxSyncSize
      ? packSync(message, packOptions)
      : await pack(message, { ...packOptions, chunkSize });
  return bytes.length < message.length ? { bytes, isCompressed: true } : asItIs;
}

export interface DecompressOptions {
  readonly encoding: MessageEncoding;
  /** Largest message in bytes after decompression, at least 1. */
  readonly maxMessageSize: number;
}

/**
 * Unpacks a message flagged as compressed; one of no bytes is empty, as some servers send it. What it may unpack to
 * is limited twice: by `maxMessageSize`, and above 1 MiB by 100 times its packed size. The message must stay as it is
 * until the promise is settled.
 * @throws ServeError messageTooLarge; internal for bytes that are not what the encoding says, as gRPC asks.
 */
export async function decompressMessage(
  message: Uint8Array,
  options: DecompressOptions,
): Promise<Uint8Array> {
  const { encoding, maxMessageSize } = options;
  if (encoding === "identity" || message.length === 0) return message;
  const ratioLimit = Math.max(freeOutputSize, message.length * maxRatio);
  const maxOutputLength = Math.min(maxMessageSize, ratioLimit);
  const { unpackSync, unpack } = codecs[encoding];
  try {
    if (message.length <= maxSyncSize) return unpackSync(message, { maxOutputLength });
    return await unpack(message, { maxOutputLength, chunkSize });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") throw notPacked(encoding, cause);
    throw ratioLimit < maxMessageSize ? growsTooMuch(message.length, ratioLimit) : tooLarge(maxMessageSize);
  }
}

function notPacked(encoding: string, cause: unknown): ServeError {
  return new ServeError(Code.internal, `the message: grpc-encoding is ${encoding}, the bytes are not`, {
    cause,
  });
}

function growsTooMuch(size: number, limit: number): ServeError {
  const message = `a message of ${size} bytes unpacks to more than ${limit}; send it uncompressed`;
  return new ServeError(Code.messageTooLarge, message);
}

/** In the words of HTTP bodies. */
function tooLarge(limit: number): ServeError {
  return new ServeError(Code.messageTooLarge, `Received message larger than max (more unpacked vs ${limit})`);
}
