import { Code, type CodeName, codeName, type ErrorDetails, type ServeError } from "@paddlewheel/core";
import { WireReader } from "../protobuf/wire-reader.js";
import { WireWriter } from "../protobuf/wire-writer.js";
import { decodeBinaryHeader, encodeBinaryHeader } from "./metadata.js";
import type { GrpcStatus } from "./status.js";
import { decodeStatusMessage, encodeStatusMessage } from "./status-message.js";

/** Trailer that says more of a failure than status and message. Its value is a google.rpc.Status. */
export const statusDetailsHeader = "grpc-status-details-bin";

const errorInfoType = "type.googleapis.com/google.rpc.ErrorInfo";

/** Says whose reasons these are. */
const errorDomain = "paddlewheel";

/** What we put into a google.rpc.ErrorInfo, and read from it. */
export interface StatusDetails {
  /** Undefined when the sender's reason is none of our codes. */
  readonly code: Code | undefined;
  readonly details: ErrorDetails;
}

/** Bytes of all details together: with the message they stay far below the 8 KiB of trailers peers take. */
const maxDetailsSize = 1024;

/** Bytes of a detail beside its key and value, at most: three tags and lengths. */
const detailOverhead = 8;

/** Keys as ErrorInfo wants them; none of them can be `__proto__`. */
const detailKey = /^[a-z][a-zA-Z0-9_-]{1,63}$/;

/**
 * An error as the value of `grpc-status-details-bin`: google.rpc.Status with one google.rpc.ErrorInfo, whose reason is
 * the name of the code (`messageTooLarge` becomes `MESSAGE_TOO_LARGE`) and whose metadata are the error's details. The
 * message is the one of `grpc-message`, cut as that is. Details that do not fit are left out.
 */
export function encodeStatusDetails(status: GrpcStatus, error: ServeError): string {
  const message = decodeStatusMessage(encodeStatusMessage(error.message));
  const writer = new WireWriter(2 * maxDetailsSize + message.length);
  writer.message(3, error, writeAny);
  writer.string(2, message);
  writer.int32(1, status);
  return encodeBinaryHeader(writer.finish());
}

/** The error as an ErrorInfo in a google.protobuf.Any; each message has its last field first. */
function writeAny(writer: WireWriter, error: ServeError): void {
  writer.message(2, error, writeErrorInfo);
  writer.string(1, errorInfoType);
}

function writeErrorInfo(writer: WireWriter, { code, details }: ServeError): void {
  writer.messages(3, fittingDetails(details), writeDetail);
  writer.string(2, errorDomain);
  writer.string(1, reasonOf(codeName(code) ?? "internal"));
}

function writeDetail(writer: WireWriter, [key, value]: readonly [key: string, value: string]): void {
  writer.string(2, value);
  writer.string(1, key);
}

/** Those that ErrorInfo may hold, as many as there is room for. */
function fittingDetails(details: ErrorDetails): [key: string, value: string][] {
  let left = maxDetailsSize;
  return Object.entries(details).filter(([key, value]) => {
    const size = key.length + Buffer.byteLength(value) + detailOverhead;
    if (!detailKey.test(key) || size > left) return false;
    left -= size;
    return true;
  });
}

/**
 * What our ErrorInfo in a `grpc-status-details-bin` says. Undefined when there is none, or when the value is broken:
 * details only add to a status, and must not cost it.
 */
export function decodeStatusDetails(value: string): StatusDetails | undefined {
  try {
    return readStatus(decodeBinaryHeader(statusDetailsHeader, value));
  } catch {
    return undefined;
  }
}

function readStatus(bytes: Uint8Array): StatusDetails | undefined {
  const reader = new WireReader(bytes, "google.rpc.Status");
  let details: StatusDetails | undefined;
  while (reader.nextField()) {
    if (reader.fieldNumber !== 3) reader.skip();
    else details = reader.message("details", "google.protobuf.Any", () => readAny(reader)) ?? details;
  }
  return details;
}

function readAny(reader: WireReader): StatusDetails | undefined {
  let type = "";
  let value: Uint8Array | undefined;
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) type = reader.string("type_url");
    else if (reader.fieldNumber === 2) value = reader.bytes("value");
    else reader.skip();
  }
  return value && type === errorInfoType ? readErrorInfo(value) : undefined;
}

function readErrorInfo(bytes: Uint8Array): StatusDetails | undefined {
  const reader = new WireReader(bytes, "google.rpc.ErrorInfo");
  const details: Record<string, string> = {};
  let reason = "";
  let domain = "";
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) reason = reader.string("reason");
    else if (reader.fieldNumber === 2) domain = reader.string("domain");
    else if (reader.fieldNumber === 3)
      reader.message("metadata", "MetadataEntry", () => readDetail(reader, details));
    else reader.skip();
  }
  return domain === errorDomain ? { code: codeOfReason.get(reason), details } : undefined;
}

function readDetail(reader: WireReader, details: Record<string, string>): void {
  let key = "";
  let value = "";
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) key = reader.string("key");
    else if (reader.fieldNumber === 2) value = reader.string("value");
    else reader.skip();
  }
  if (detailKey.test(key)) details[key] = value;
}

/** ErrorInfo wants its reasons in upper case, words joined by `_`. */
function reasonOf(name: CodeName): string {
  return name.replace(/[A-Z]/g, "_$&").toUpperCase();
}

const codeOfReason: ReadonlyMap<string, Code> = new Map(
  (Object.entries(Code) as [CodeName, Code][]).map(([name, code]) => [reasonOf(name), code]),
);
