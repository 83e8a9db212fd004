import { Code, quoteValue, ServeError } from "@paddlewheel/core";

/** Custom metadata of one name: bytes when the name ends with `-bin`, else text. A name may come more than once. */
export interface MetadataEntry {
  readonly name: string;
  readonly value: string | Uint8Array;
}

/** A header as HTTP/2 carries it: the name in lower case. */
export interface MetadataHeader {
  readonly name: string;
  readonly value: string;
}

const metadataName = /^[0-9a-z_.-]+$/;
const metadataText = /^[\x20-\x7e]*$/;
const base64Text = /^[A-Za-z0-9+/]*={0,2}$/;

/** Headers that belong to gRPC, HTTP or the connection; `grpc-` and pseudo headers beside them. */
const reservedNames: ReadonlySet<string> = new Set([
  "te",
  "content-type",
  "content-length",
  "user-agent",
  "host",
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** Whether a header is not the application's to send or to see: it belongs to the protocols below. */
export function isReservedHeader(name: string): boolean {
  return name.startsWith(":") || name.startsWith("grpc-") || reservedNames.has(name);
}

/**
 * Custom metadata as headers. Blanks around a text are dropped: HTTP/2 allows none there.
 * Source: Custom-Metadata of gRPC's PROTOCOL-HTTP2.md; empty values are allowed, as implementations do.
 * @throws ServeError invalidArgument that names the entry.
 */
export function encodeMetadata(entries: Iterable<MetadataEntry>): MetadataHeader[] {
  const headers: MetadataHeader[] = [];
  for (const { name, value } of entries) {
    checkName(name);
    headers.push({
      name,
      value: typeof value === "string" ? checkedText(name, value) : checkedBytes(name, value),
    });
  }
  return headers;
}

/**
 * The custom metadata among the headers of a peer: reserved ones are left out, and so are texts that could not be sent
 * on. The lists a proxy made of several `-bin` headers are taken apart.
 * @throws ServeError malformedRequest for a `-bin` value that is not base64.
 */
export function decodeMetadata(headers: Iterable<MetadataHeader>): MetadataEntry[] {
  const entries: MetadataEntry[] = [];
  for (const { name, value } of headers) {
    if (isReservedHeader(name) || !metadataName.test(name)) continue;
    if (name.endsWith("-bin")) {
      for (const item of value.split(",")) entries.push({ name, value: decodeBinaryHeader(name, item) });
    } else if (metadataText.test(value)) entries.push({ name, value });
  }
  return entries;
}

/** Bytes as the value of a `-bin` header: base64 without padding, as gRPC asks. */
export function encodeBinaryHeader(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  return text.replace(/=+$/, "");
}

/**
 * The bytes of one value of a `-bin` header, padded or not.
 * @throws ServeError malformedRequest
 */
export function decodeBinaryHeader(name: string, value: string): Uint8Array {
  const text = value.trim();
  const digits = text.indexOf("=") < 0 ? text.length : text.indexOf("=");
  const isWhole = digits === text.length || text.length % 4 === 0;
  // One digit over holds six bits, no byte.
  if (!base64Text.test(text) || digits % 4 === 1 || !isWhole) {
    throw new ServeError(
      Code.malformedRequest,
      `metadata ${quoteValue(name)}: ${quoteValue(value)} is not base64`,
    );
  }
  return Buffer.from(text, "base64");
}

function checkName(name: string): void {
  if (!metadataName.test(name)) {
    throw invalidEntry(name, "a name is made of a-z, 0-9, _, - and .");
  }
  if (isReservedHeader(name)) throw invalidEntry(name, "the name is reserved");
}

function checkedText(name: string, value: string): string {
  if (name.endsWith("-bin")) throw invalidEntry(name, "the value must be bytes, as the name ends with -bin");
  if (!metadataText.test(value)) {
    throw invalidEntry(name, "the value must be printable ASCII; end the name with -bin to send bytes");
  }
  return value.trim();
}

function checkedBytes(name: string, value: Uint8Array): string {
  if (!name.endsWith("-bin")) throw invalidEntry(name, "the name must end with -bin, as the value is bytes");
  return encodeBinaryHeader(value);
}

function invalidEntry(name: string, why: string): ServeError {
  return new ServeError(Code.invalidArgument, `metadata ${quoteValue(name)}: ${why}`);
}
