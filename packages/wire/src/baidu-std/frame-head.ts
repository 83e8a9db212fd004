import { WireWriter } from "../protobuf/wire-writer.js";
import type { RpcMeta, RpcRequestMeta, RpcResponseMeta } from "./rpc-meta.js";

/** "PRPC", the bytes of every frame that follow its header, and those of them that are the meta. */
export const frameHeaderSize = 12;

/** "PRPC" as a big-endian number. */
export const frameMagic = 0x50_52_50_43;

/** A meta to be sent: what is left out is the default, and takes no bytes. */
export type OutgoingMeta = Partial<Omit<RpcMeta, "request" | "response" | "userFields">> & {
  /** In their order; no key twice. */
  readonly userFields?: readonly (readonly [key: string, value: string])[] | undefined;
  /** Its names are always written. */
  readonly request?: Partial<RpcRequestMeta> & Pick<RpcRequestMeta, "serviceName" | "methodName">;
  /** Its code is always written, as brpc does. */
  readonly response?: RpcResponseMeta;
};

/** About the bytes of a head without long texts. */
const headBytesHint = 256;

/** All of a frame but its payload of `payloadSize` bytes, message and attachment, in one buffer. */
export function encodeFrameHead(meta: OutgoingMeta, payloadSize: number): Uint8Array {
  const writer = new WireWriter(headBytesHint);
  writeMeta(writer, meta);
  const metaSize = writer.size;
  writer.bigEndian32(metaSize);
  writer.bigEndian32(metaSize + payloadSize);
  writer.bigEndian32(frameMagic);
  return writer.finish();
}

/** The fields of an RpcMeta, the last first. */
function writeMeta(writer: WireWriter, meta: OutgoingMeta): void {
  writer.bool(13, meta.isChecksumWithAttachment);
  writer.bytes(12, meta.checksumValue);
  writer.int32(11, meta.checksumType);
  writer.int32(10, meta.contentType);
  if (meta.userFields) writeUserFields(writer, meta.userFields);
  writer.bytes(7, meta.authenticationData);
  writer.int32(5, meta.attachmentSize);
  writer.uint64(4, meta.correlationId);
  writer.int32(3, meta.compressType);
  if (meta.response) writer.message(2, meta.response, writeResponse);
  if (meta.request) writer.message(1, meta.request, writeRequest);
}

function writeRequest(writer: WireWriter, request: NonNullable<OutgoingMeta["request"]>): void {
  writer.int32(8, request.timeoutMs);
  writer.string(7, request.requestId);
  writer.uint64(6, request.parentSpanId);
  writer.uint64(5, request.spanId);
  writer.uint64(4, request.traceId);
  writer.uint64(3, request.logId);
  writer.explicitString(2, request.methodName);
  writer.explicitString(1, request.serviceName);
}

function writeResponse(writer: WireWriter, { errorCode, errorText }: RpcResponseMeta): void {
  writer.string(2, errorText);
  writer.explicitInt32(1, errorCode);
}

type UserField = NonNullable<OutgoingMeta["userFields"]>[number];

let lastFields: readonly UserField[] | undefined;
let lastFieldBytes: Uint8Array = new Uint8Array(0);

/** Answer after answer comes with the same list: its bytes are kept. */
function writeUserFields(writer: WireWriter, fields: readonly UserField[]): void {
  if (fields === lastFields) {
    writer.raw(lastFieldBytes);
    return;
  }
  const before = writer.size;
  writer.messages(9, fields, writeUserField);
  lastFields = fields;
  lastFieldBytes = writer.copySince(before);
}

function writeUserField(writer: WireWriter, [key, value]: UserField): void {
  writer.explicitString(2, value);
  writer.explicitString(1, key);
}
