import { Code, ServeError } from "@paddlewheel/core";
import { WireReader } from "../protobuf/wire-reader.js";
import { decodeText } from "./decode-text.js";
import type { RpcMeta, RpcRequestMeta, RpcResponseMeta } from "./rpc-meta.js";
import { TextMemo } from "./text-memo.js";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const noBytes = new Uint8Array(0);
const noFields: ReadonlyMap<string, string> = new Map();

/** Decodes the metas of one connection, most of which name the same method. */
export class MetaDecoder {
  readonly #serviceNames = new TextMemo();
  readonly #methodNames = new TextMemo();
  /** The last request without an id of its own, and its bytes, with their length in front. */
  #plainRequest: RpcRequestMeta | undefined;
  #plainBytes: Uint8Array = noBytes;

  /**
   * The meta in these bytes, with views of them. Unknown fields are skipped.
   * @throws ServeError malformedRequest, also for a request without the name of its service or method.
   */
  decode(bytes: Uint8Array): RpcMeta {
    const reader = new WireReader(bytes, "RpcMeta");
    const meta = emptyMeta();
    while (reader.nextField()) this.#readField(reader, meta);
    return meta;
  }

  #readField(reader: WireReader, meta: Writable<RpcMeta>): void {
    switch (reader.fieldNumber) {
      case 1:
        meta.request = meta.request
          ? this.#readRequest(reader, { ...meta.request })
          : this.#knownRequest(reader);
        return;
      case 2:
        meta.response = readResponse(reader, meta.response);
        return;
      case 3:
        meta.compressType = reader.int32("compress_type");
        return;
      case 4:
        meta.correlationId = reader.uint64("correlation_id");
        return;
      case 5:
        meta.attachmentSize = reader.int32("attachment_size");
        return;
      case 7:
        meta.authenticationData = reader.bytes("authentication_data");
        return;
      case 9:
        meta.userFields = readUserField(reader, meta.userFields);
        return;
      case 10:
        meta.contentType = reader.int32("content_type");
        return;
      case 11:
        meta.checksumType = reader.int32("checksum_type");
        return;
      case 12:
        meta.checksumValue = reader.bytes("checksum_value");
        return;
      case 13:
        meta.isChecksumWithAttachment = reader.bool("checksum_with_attachment");
        return;
      default:
        reader.skip();
    }
  }

  /** Most requests say no more of one call alone than the one before: the same bytes are the same object. */
  #knownRequest(reader: WireReader): RpcRequestMeta {
    if (this.#plainRequest && reader.skipSame(this.#plainBytes)) return this.#plainRequest;
    const start = reader.position;
    const request = this.#readRequest(reader, undefined);
    if (isPlain(request)) {
      this.#plainRequest = request;
      this.#plainBytes = reader.copySince(start);
    }
    return request;
  }

  /** Of a message that comes in two parts, the second adds to the first, as protobuf asks. */
  #readRequest(reader: WireReader, before: Writable<RpcRequestMeta> | undefined): RpcRequestMeta {
    const request = before ?? emptyRequest();
    let hasService = before !== undefined;
    let hasMethod = before !== undefined;
    reader.message("request", "RpcRequestMeta", () => {
      while (reader.nextField()) {
        hasService ||= reader.fieldNumber === 1;
        hasMethod ||= reader.fieldNumber === 2;
        this.#readRequestField(reader, request);
      }
    });
    if (!hasService) throw missing("service_name");
    if (!hasMethod) throw missing("method_name");
    return request;
  }

  #readRequestField(reader: WireReader, request: Writable<RpcRequestMeta>): void {
    switch (reader.fieldNumber) {
      case 1:
        request.serviceName = this.#serviceNames.read(reader.bytes("service_name"));
        return;
      case 2:
        request.methodName = this.#methodNames.read(reader.bytes("method_name"));
        return;
      case 3:
        request.logId = reader.uint64("log_id");
        return;
      case 4:
        request.traceId = reader.uint64("trace_id");
        return;
      case 5:
        request.spanId = reader.uint64("span_id");
        return;
      case 6:
        request.parentSpanId = reader.uint64("parent_span_id");
        return;
      case 7:
        request.requestId = decodeText(reader.bytes("request_id"));
        return;
      case 8:
        request.timeoutMs = reader.int32("timeout_ms");
        return;
      default:
        reader.skip();
    }
  }
}

function readResponse(reader: WireReader, before: RpcResponseMeta | undefined): RpcResponseMeta {
  const response: Writable<RpcResponseMeta> = before ?? { errorCode: 0, errorText: "" };
  reader.message("response", "RpcResponseMeta", () => {
    while (reader.nextField()) {
      if (reader.fieldNumber === 1) response.errorCode = reader.int32("error_code");
      else if (reader.fieldNumber === 2) response.errorText = decodeText(reader.bytes("error_text"));
      else reader.skip();
    }
  });
  return response;
}

/** Adds one entry; of two with one key the last counts. */
function readUserField(reader: WireReader, before: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const fields = before === noFields ? new Map<string, string>() : (before as Map<string, string>);
  reader.message("user_fields", "UserFieldsEntry", () => {
    let key = "";
    let value = "";
    while (reader.nextField()) {
      if (reader.fieldNumber === 1) key = decodeText(reader.bytes("key"));
      else if (reader.fieldNumber === 2) value = decodeText(reader.bytes("value"));
      else reader.skip();
    }
    fields.set(key, value);
  });
  return fields;
}

function emptyMeta(): Writable<RpcMeta> {
  return {
    request: undefined,
    response: undefined,
    compressType: 0,
    correlationId: 0n,
    attachmentSize: 0,
    authenticationData: noBytes,
    userFields: noFields,
    contentType: 0,
    checksumType: 0,
    checksumValue: noBytes,
    isChecksumWithAttachment: false,
  };
}

function emptyRequest(): Writable<RpcRequestMeta> {
  return {
    serviceName: "",
    methodName: "",
    logId: 0n,
    traceId: 0n,
    spanId: 0n,
    parentSpanId: 0n,
    requestId: "",
    timeoutMs: 0,
  };
}

/** Whether the next call of the same method may say just the same. */
function isPlain({ logId, traceId, spanId, parentSpanId, requestId }: RpcRequestMeta): boolean {
  return logId === 0n && traceId === 0n && spanId === 0n && parentSpanId === 0n && requestId === "";
}

function missing(field: string): ServeError {
  return new ServeError(Code.malformedRequest, `RpcRequestMeta.${field}: is missing`);
}
