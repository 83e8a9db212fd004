import { isUtf8 } from "node:buffer";
import { Code, type MessageCodec, ServeError } from "@paddlewheel/core";

/** How a message stands in an HTTP body. */
export interface BodyFormat {
  readonly isJson: boolean;
  /** Of the answer. */
  readonly contentType: string;
}

const protobufTypes = new Set(["application/proto", "application/x-protobuf"]);

/**
 * The format a content type asks for. Compat: any unknown or missing type is JSON, as in brpc, so a plain
 * `curl -d` works; unlike brpc the answer then says what it is.
 */
export function bodyFormat(contentType: string | undefined): BodyFormat {
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (protobufTypes.has(type)) return { isJson: false, contentType: type };
  return { isJson: true, contentType: "application/json" };
}

/**
 * The message in a body, which is the message's from then on.
 * @throws ServeError malformedRequest, invalidArgument, messageTooLarge (JSON beyond its own limit).
 */
export function decodeBody<T>(
  codec: MessageCodec<T>,
  body: Buffer,
  { format, maxJsonSize }: { readonly format: BodyFormat; readonly maxJsonSize: number },
): T {
  if (!format.isJson) return codec.decode(body, true);
  if (body.length > maxJsonSize) {
    const message = `body: JSON larger than the limit of ${maxJsonSize} bytes, send application/proto instead`;
    throw new ServeError(Code.messageTooLarge, message);
  }
  if (!isUtf8(body)) throw new ServeError(Code.malformedRequest, "body: is not UTF-8 text");
  return codec.decodeJson(body.toString("utf8"));
}

export function encodeBody<T>(codec: MessageCodec<T>, message: T, format: BodyFormat): Uint8Array {
  return format.isJson ? Buffer.from(codec.encodeJson(message)) : codec.encode(message);
}
