import { highHalfOf, lowHalfOf } from "../protobuf/int64-halves.js";
import { byteLength, sizeOfBytesField, sizeOfInt32, sizeOfVarint64 } from "../protobuf/varint-size.js";
import { WireWriter } from "../protobuf/wire-writer.js";
import type { RpcMeta, RpcRequestMeta, RpcResponseMeta } from "./rpc-meta.js";

/** "PRPC", the bytes of every frame that follow its header, and those of them that are the meta. */
export const frameHeaderSize = 12;

/** "PRPC" as a big-endian number. */
export const frameMagic = 0x50_52_50_43;

/** A meta to be sent: what is left out is the default, and takes no bytes. */
export type OutgoingMeta = Partial<Omit<RpcMeta, "request" | "response">> & {
  /** Its names are always written. */
  readonly request?: Partial<RpcRequestMeta> & Pick<RpcRequestMeta, "serviceName" | "methodName">;
  /** Its code is always written, as brpc does. */
  readonly response?: RpcResponseMeta;
};

/** All of a frame but its payload of `payloadSize` bytes, message and attachment, in one buffer. */
export function encodeFrameHead(meta: OutgoingMeta, payloadSize: number): Uint8Array {
  const metaSize = sizeOfMeta(meta);
  const writer = new WireWriter(frameHeaderSize + metaSize);
  writer.bigEndian32(frameMagic);
  writer.bigEndian32(metaSize + payloadSize);
  writer.bigEndian32(metaSize);
  writeMeta(writer, meta);
  return writer.finish();
}

function sizeOfMeta(meta: OutgoingMeta): number {
  const { request, response, userFields } = meta;
  return (
    (request ? sizeOfBytesField(sizeOfRequest(request)) : 0) +
    (response ? sizeOfBytesField(sizeOfResponse(response)) : 0) +
    sizeOfInt32Field(meta.compressType) +
    sizeOfUint64Field(meta.correlationId) +
    sizeOfInt32Field(meta.attachmentSize) +
    sizeOfBytes(meta.authenticationData) +
    (userFields ? sizeOfUserFields(userFields) : 0) +
    sizeOfInt32Field(meta.contentType) +
    sizeOfInt32Field(meta.checksumType) +
    sizeOfBytes(meta.checksumValue) +
    sizeOfInt32Field(meta.isChecksumWithAttachment ? 1 : 0)
  );
}

function writeMeta(writer: WireWriter, meta: OutgoingMeta): void {
  const { request, response, userFields } = meta;
  if (request) {
    writer.open(1, sizeOfRequest(request));
    writeRequest(writer, request);
  }
  if (response) {
    writer.open(2, sizeOfResponse(response));
    writeResponse(writer, response);
  }
  writeInt32(writer, 3, meta.compressType);
  writeUint64(writer, 4, meta.correlationId);
  writeInt32(writer, 5, meta.attachmentSize);
  writeBytes(writer, 7, meta.authenticationData);
  if (userFields) writeUserFields(writer, userFields);
  writeInt32(writer, 10, meta.contentType);
  writeInt32(writer, 11, meta.checksumType);
  writeBytes(writer, 12, meta.checksumValue);
  writeInt32(writer, 13, meta.isChecksumWithAttachment ? 1 : 0);
}

type OutgoingRequest = NonNullable<OutgoingMeta["request"]>;

function sizeOfRequest(request: OutgoingRequest): number {
  return (
    sizeOfBytesField(byteLength(request.serviceName)) +
    sizeOfBytesField(byteLength(request.methodName)) +
    sizeOfUint64Field(request.logId) +
    sizeOfUint64Field(request.traceId) +
    sizeOfUint64Field(request.spanId) +
    sizeOfUint64Field(request.parentSpanId) +
    (request.requestId ? sizeOfBytesField(byteLength(request.requestId)) : 0) +
    sizeOfInt32Field(request.timeoutMs)
  );
}

function writeRequest(writer: WireWriter, request: OutgoingRequest): void {
  writeString(writer, 1, request.serviceName);
  writeString(writer, 2, request.methodName);
  writeUint64(writer, 3, request.logId);
  writeUint64(writer, 4, request.traceId);
  writeUint64(writer, 5, request.spanId);
  writeUint64(writer, 6, request.parentSpanId);
  if (request.requestId) writeString(writer, 7, request.requestId);
  writeInt32(writer, 8, request.timeoutMs);
}

function sizeOfResponse({ errorCode, errorText }: RpcResponseMeta): number {
  return 1 + sizeOfInt32(errorCode) + (errorText ? sizeOfBytesField(byteLength(errorText)) : 0);
}

function writeResponse(writer: WireWriter, { errorCode, errorText }: RpcResponseMeta): void {
  writer.int32(1, errorCode);
  if (errorText) writeString(writer, 2, errorText);
}

function sizeOfUserFields(fields: ReadonlyMap<string, string>): number {
  let size = 0;
  for (const [key, value] of fields) size += sizeOfBytesField(sizeOfEntry(key, value));
  return size;
}

function sizeOfEntry(key: string, value: string): number {
  return sizeOfBytesField(byteLength(key)) + sizeOfBytesField(byteLength(value));
}

function writeUserFields(writer: WireWriter, fields: ReadonlyMap<string, string>): void {
  for (const [key, value] of fields) {
    writer.open(9, sizeOfEntry(key, value));
    writeString(writer, 1, key);
    writeString(writer, 2, value);
  }
}

function sizeOfInt32Field(value: number | undefined): number {
  return value ? 1 + sizeOfInt32(value) : 0;
}

function writeInt32(writer: WireWriter, field: number, value: number | undefined): void {
  if (value) writer.int32(field, value);
}

function sizeOfUint64Field(value: bigint | undefined): number {
  return value ? 1 + sizeOfVarint64(lowHalfOf(value), highHalfOf(value)) : 0;
}

function writeUint64(writer: WireWriter, field: number, value: bigint | undefined): void {
  if (value) writer.uint64(field, lowHalfOf(value), highHalfOf(value));
}

function sizeOfBytes(value: Uint8Array | undefined): number {
  return value && value.length > 0 ? sizeOfBytesField(value.length) : 0;
}

function writeBytes(writer: WireWriter, field: number, value: Uint8Array | undefined): void {
  if (!value || value.length === 0) return;
  writer.open(field, value.length);
  writer.raw(value);
}

function writeString(writer: WireWriter, field: number, value: string): void {
  writer.string(field, value, byteLength(value));
}
