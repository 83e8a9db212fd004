import { Code, quoteValue, ServeError } from "@paddlewheel/core";
import { minCompressedSize, packZlib, unpackZlib } from "../compression/zlib-format.js";

/** How the messages of a body are packed: a value of `grpc-encoding` we speak. */
export type MessageEncoding = "identity" | "gzip" | "deflate";

/** What we read, as the value of `grpc-accept-encoding`; it also goes with every answer that refuses an encoding. */
export const acceptedEncodings = "identity,deflate,gzip";

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
  const bytes = await packZlib(message, encoding);
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
  const notPacked = (cause: unknown): ServeError => {
    const text = `the message: grpc-encoding is ${encoding}, the bytes are not`;
    return new ServeError(Code.internal, text, { cause });
  };
  return await unpackZlib(message, { format: encoding, maxMessageSize, notPacked });
}
