import { Code, ServeError } from "@paddlewheel/core";
import { minCompressedSize, packZlib, unpackZlib } from "@paddlewheel/wire";
import type { ServerLimits } from "../limits.js";
import { acceptsGzip, gzipNames } from "./accept-encoding.js";
import type { HttpAnswer } from "./request.js";

const plainNames: ReadonlySet<string> = new Set(["", "identity"]);

/**
 * A request body without its content encoding. Members of gzip that follow each other are one body.
 * @throws ServeError messageTooLarge, malformedRequest
 */
export async function unpackBody(
  body: Buffer,
  contentEncoding: string | undefined,
  limits: ServerLimits,
): Promise<Buffer> {
  const encoding = (contentEncoding ?? "").trim().toLowerCase();
  if (plainNames.has(encoding) || body.length === 0) return body;
  if (!gzipNames.has(encoding)) {
    const message = `body: content-encoding "${encoding}" is not known, send gzip or none`;
    throw new ServeError(Code.malformedRequest, message);
  }
  const { buffer, byteOffset, byteLength } = await unpackZlib(body, {
    format: "gzip",
    maxMessageSize: limits.maxBodySize,
    notPacked: notGzip,
  });
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Packs the body of an answer when the peer takes gzip and it is worth it. */
export async function packBody(answer: HttpAnswer, acceptEncoding: string | undefined): Promise<HttpAnswer> {
  const { status, headers, body } = answer;
  if (body.length < minCompressedSize || !acceptsGzip(acceptEncoding)) return answer;
  const packed = await packZlib(body, "gzip");
  return {
    status,
    headers: { ...headers, "content-encoding": "gzip" },
    body: packed,
  };
}

function notGzip(cause: unknown): ServeError {
  return new ServeError(Code.malformedRequest, "body: content-encoding is gzip, the bytes are not", {
    cause,
  });
}
