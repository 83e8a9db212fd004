import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { Code, ServeError } from "@paddlewheel/core";
import type { ServerLimits } from "../limits.js";

const gunzipAsync = promisify(gunzip);
const gzipAsync = promisify(gzip);

/** Words for gzip in `content-encoding`. Source: RFC 9110 §8.4.1.3. */
const gzipNames: ReadonlySet<string> = new Set(["gzip", "x-gzip"]);
const plainNames: ReadonlySet<string> = new Set(["", "identity"]);

/**
 * Reads a whole request body, unpacked when it says it is gzip.
 * @throws ServeError messageTooLarge, malformedRequest, cancelled (the peer went away).
 */
export async function readBody(request: IncomingMessage, limits: ServerLimits): Promise<Buffer> {
  const encoding = String(request.headers["content-encoding"] ?? "").toLowerCase();
  const body = await collectBody(request, limits);
  if (plainNames.has(encoding) || body.length === 0) return body;
  if (!gzipNames.has(encoding)) {
    const message = `body: content-encoding "${encoding}" is not known, send gzip or none`;
    throw new ServeError(Code.malformedRequest, message);
  }
  return unpack(body, limits);
}

async function unpack(body: Buffer, limits: ServerLimits): Promise<Buffer> {
  try {
    return await gunzipAsync(body, { maxOutputLength: limits.maxBodySize });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    if (isTooLarge) throw tooLarge("more unpacked", limits.maxBodySize);
    throw new ServeError(Code.malformedRequest, "body: content-encoding is gzip, the bytes are not", {
      cause: error,
    });
  }
}

/** Bodies below this are not worth packing. Source: brpc http_body_compress_threshold. */
const gzipThreshold = 512;

/** Packs a response body when the peer takes gzip and it is worth it. */
export async function packBody(
  request: IncomingMessage,
  body: Uint8Array,
): Promise<{ body: Uint8Array; isGzip: boolean }> {
  const accepted = String(request.headers["accept-encoding"] ?? "");
  if (body.length < gzipThreshold || !/\bgzip\b/.test(accepted)) return { body, isGzip: false };
  return { body: await gzipAsync(body), isGzip: true };
}

function collectBody(request: IncomingMessage, limits: ServerLimits): Promise<Buffer> {
  const declared = request.headers["content-length"];
  if (declared !== undefined && Number(declared) > limits.maxBodySize) {
    return Promise.reject(tooLarge(declared, limits.maxBodySize));
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (error: ServeError): void => {
      request.removeAllListeners("data");
      request.resume();
      reject(error);
    };
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > limits.maxBodySize) fail(tooLarge(`${size} or more`, limits.maxBodySize));
      else if (chunks.length > limits.maxBodyChunks) {
        fail(new ServeError(Code.messageTooLarge, `body: more than ${limits.maxBodyChunks} chunks`));
      }
    });
    request.on("end", () =>
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size)),
    );
    request.on("error", (cause) => reject(new ServeError(Code.cancelled, "the body was cut off", { cause })));
    request.on("close", () => reject(new ServeError(Code.cancelled, "the body was cut off")));
  });
}

/** The one text for a message over the limit; it is the one @grpc/grpc-js gives, which cannot be changed there. */
function tooLarge(size: string, limit: number): ServeError {
  return new ServeError(Code.messageTooLarge, `Received message larger than max (${size} vs ${limit})`);
}
