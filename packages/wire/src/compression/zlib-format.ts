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
import type { ServeError } from "@paddlewheel/core";
import { unpackLimit } from "./unpack-limit.js";

/** zlib's own format is called deflate in HTTP and gRPC, zlib in brpc. */
export type ZlibFormat = "gzip" | "deflate";

/** Messages below this are not worth packing. Source: brpc http_body_compress_threshold, as for our HTTP bodies. */
export const minCompressedSize = 512;

/**
 * Up to this size messages are (un)packed on the event loop, in less than 0.2 ms, or 2 ms for the worst a peer can
 * send; the way to zlib's threads and back takes 0.2 ms itself.
 */
const maxSyncSize = 16 * 1024;

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

/** At once for small messages, by zlib's threads for large ones, which must stay as they are meanwhile. */
export function packZlib(message: Uint8Array, format: ZlibFormat): Uint8Array | Promise<Uint8Array> {
  const { packSync, pack } = codecs[format];
  if (message.length <= maxSyncSize) return packSync(message, packOptions);
  return pack(message, { ...packOptions, chunkSize });
}

export interface UnpackZlibOptions {
  readonly format: ZlibFormat;
  /** Largest message in bytes after unpacking, at least 1; `unpackLimit` has another limit. */
  readonly maxMessageSize: number;
  /** The error for bytes that are not of the format. */
  readonly notPacked: (cause: unknown) => ServeError;
}

/**
 * As `packZlib` the other way.
 * @throws ServeError messageTooLarge, and what `notPacked` gives; or the promise rejects with it.
 */
export function unpackZlib(
  message: Uint8Array,
  { format, maxMessageSize, notPacked }: UnpackZlibOptions,
): Uint8Array | Promise<Uint8Array> {
  const { unpackSync, unpack } = codecs[format];
  const { maxSize: maxOutputLength, exceeded } = unpackLimit(message.length, maxMessageSize);
  const explain = (cause: unknown): ServeError =>
    (cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? exceeded() : notPacked(cause);
  if (message.length > maxSyncSize) {
    return unpack(message, { maxOutputLength, chunkSize }).catch((cause: unknown) => {
      throw explain(cause);
    });
  }
  try {
    return unpackSync(message, { maxOutputLength });
  } catch (cause) {
    throw explain(cause);
  }
}
