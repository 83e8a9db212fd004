import { isUtf8 } from "node:buffer";
import { Code, type MessageCodec, ServeError, type TextForm } from "@paddlewheel/core";

/** How a message stands in a body, of whatever protocol. */
export interface BodyFormat {
  readonly kind: "proto" | "json" | "protoJson" | "protoText";
  /** Of an HTTP body. */
  readonly contentType: string;
  /** `content_type` of baidu_std's RpcMeta. */
  readonly number: number;
}

const proto: BodyFormat = { kind: "proto", contentType: "application/proto", number: 0 };
const json: BodyFormat = { kind: "json", contentType: "application/json", number: 1 };
const protoJson: BodyFormat = { kind: "protoJson", contentType: "application/proto-json", number: 2 };
const protoText: BodyFormat = { kind: "protoText", contentType: "application/proto-text", number: 3 };

const formats: readonly BodyFormat[] = [proto, json, protoJson, protoText];

const formatOfContentType: ReadonlyMap<string, BodyFormat> = new Map([
  ...formats.map((format) => [format.contentType, format] as const),
  ["application/x-protobuf", { ...proto, contentType: "application/x-protobuf" }],
]);

/** What errors call the formats that are text. */
const textNames = { json: "JSON", protoJson: "JSON", protoText: "text" } as const;

/**
 * The format a content type asks for. Compat: any unknown or missing type is JSON, as in brpc, so a plain
 * `curl -d` works; unlike brpc the answer then says what it is.
 */
export function bodyFormat(contentType: string | undefined): BodyFormat {
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return formatOfContentType.get(type) ?? json;
}

/** The format of a `content_type` of baidu_std. Compat: an unknown number is protobuf, as in brpc. */
export function bodyFormatOfNumber(number: number): BodyFormat {
  return formats[number] ?? proto;
}

/**
 * The message in a body, which is the message's from then on.
 * @throws ServeError malformedRequest, invalidArgument, messageTooLarge (text beyond `maxJsonSize` bytes).
 */
export function decodeBody<T>(
  codec: MessageCodec<T>,
  body: Uint8Array,
  { format, maxJsonSize }: { readonly format: BodyFormat; readonly maxJsonSize: number },
): T {
  if (format.kind === "proto") return codec.decode(body, true);
  if (body.length > maxJsonSize) {
    const what = `${textNames[format.kind]} larger than the limit of ${maxJsonSize} bytes`;
    throw new ServeError(Code.messageTooLarge, `body: ${what}, send application/proto instead`);
  }
  if (!isUtf8(body)) throw new ServeError(Code.malformedRequest, "body: is not UTF-8 text");
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString("utf8");
  return format.kind === "json" ? codec.decodeJson(text) : textForm(codec, format.kind).decode(text);
}

/** @throws ServeError what the codec throws; malformedRequest for a format that its messages do not have. */
export function encodeBody<T>(codec: MessageCodec<T>, message: T, { kind }: BodyFormat): Uint8Array {
  if (kind === "proto") return codec.encode(message);
  return Buffer.from(kind === "json" ? codec.encodeJson(message) : textForm(codec, kind).encode(message));
}

/** Whether messages of this codec have the format; those that are none of protobuf's do not have every one. */
export function hasFormat(codec: MessageCodec<unknown>, { kind }: BodyFormat): boolean {
  return kind === "proto" || kind === "json" || codec[kind] !== undefined;
}

function textForm<T>(codec: MessageCodec<T>, kind: "protoJson" | "protoText"): TextForm<T> {
  const form = codec[kind];
  if (form) return form;
  const message = `body: message ${codec.typeName} is none of protobuf's, send application/json instead`;
  throw new ServeError(Code.malformedRequest, message);
}
