import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { Code, ServeError } from "@paddlewheel/core";
import { unpackLimit } from "@paddlewheel/wire";
import type { ServerLimits } from "../limits.js";
import type { HttpAnswer } from "./request.js";

const gunzipAsync = promisify(gunzip);
const gzipAsync = promisify(gzip);

/** Words for gzip in `content-encoding`. Source: RFC 9110 §8.4.1.3. */
const gzipNames: ReadonlySet<string> = new Set(["gzip", "x-gzip"]);
const plainNames: ReadonlySet<string> = new Set(["", "identity"]);

/**
 * A request body without its content encoding.
 * @throws ServeError messageTooLarge, malformedRequest
 */
export async function unpackBody(
  body: Buffer,
  contentEncoding: string | undefined,
  limits: ServerLimits,
): Promise<Buffer> {
  const encoding = (contentEncoding ?? "").toLowerCase();
  if (plainNames.has(encoding) || body.length === 0) return body;
  if (!gzipNames.has(encoding)) {
    const message = `body: content-encoding "${encoding}" is not known, send gzip or none`;
    throw new ServeError(Code.malformedRequest, message);
  }
  return unpack(body, limits);
}

async function unpack(body: Buffer, limits: ServerLimits): Promise<Buffer> {
  const { maxSize, exceeded } = unpackLimit(body.length, limits.maxBodySize);
  try {
    return await gunzipAsync(body, { maxOutputLength: maxSize });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw exceeded();
    throw new ServeError(Code.malformedRequest, "body: content-encoding is gzip, the bytes are not", {
      cause: error,
    });
  }
}

/** Bodies below this are not worth packing. Source: brpc http_body_compress_threshold. */
const gzipThreshold = 512;

/** Packs the body of an answer when the peer takes gzip and it is worth it. */
export async function packBody(answer: HttpAnswer, acceptEncoding = ""): Promise<HttpAnswer> {
  const { status, headers, body } = answer;
  if (body.length < gzipThreshold || !/\bgzip\b/.test(acceptEncoding)) return answer;
  return { status, headers: { ...headers, "content-encoding": "gzip" }, body: await gzipAsync(body) };
}

/** The one text for a message over the limit; every transport has it, @grpc/grpc-js among them. */
export function tooLarge(size: string, limit: number): ServeError {
  return new ServeError(Code.messageTooLarge, `Received message larger than max (${size} vs ${limit})`);
}
