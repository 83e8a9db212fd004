import { deflateSync, gzipSync } from "node:zlib";
import type { OutgoingMeta } from "@paddlewheel/wire";
import { frameOf } from "./peer.js";

// Frames as no honest client makes them. Each has the name under which the answer of the recorded server is kept.

const echoService = "baidu.paddle_serving.predictor.echo_service.BuiltinTestEchoService";
const generalModelService = "baidu.paddle_serving.predictor.general_model.GeneralModelService";

/** `{a: 1, b: 0.1}` */
const message = Buffer.from("080115cdcccc3d", "hex");

const echo = { serviceName: echoService, methodName: "inference" };
const inference = { serviceName: generalModelService, methodName: "inference" };

const call = (meta: OutgoingMeta = {}, payload: Uint8Array | string = message): Buffer =>
  frameOf({ request: echo, correlationId: 7n, ...meta }, payload);
const callOf = (
  serviceName: string,
  methodName = "inference",
  payload: Uint8Array | string = message,
): Buffer => call({ request: { serviceName, methodName } }, payload);

/** The frame of a meta that is written by hand. */
function rawFrame(meta: Uint8Array, payload: Uint8Array = message): Buffer {
  const header = Buffer.from("PRPC\0\0\0\0\0\0\0\0", "latin1");
  header.writeUInt32BE(meta.length + payload.length, 4);
  header.writeUInt32BE(meta.length, 8);
  return Buffer.concat([header, meta, payload]);
}

const metaOf = (frame: Buffer): Buffer => frame.subarray(12, 12 + frame.readUInt32BE(8));
const hex = (text: string): Buffer => Buffer.from(text, "hex");
/** With more meta behind that of a good call. */
const callAnd = (more: string): Buffer => rawFrame(Buffer.concat([metaOf(call()), hex(more)]));

function withHeader(frame: Buffer, field: "size" | "metaSize", value: number): Buffer {
  const changed = Buffer.from(frame);
  changed.writeUInt32BE(value, field === "size" ? 4 : 8);
  return changed;
}

const httpRequest = Buffer.from("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");

/** What is sent, in pieces: each waits until the one before can have been read. */
export const handMadeFrames: Readonly<Record<string, readonly Buffer[]>> = {
  minimal_meta_only_required: [frameOf({ request: echo }, message)],
  old_client_fields_1_4_only: [call()],
  no_compress_field: [call()],
  two_pipelined: [Buffer.concat([call(), call({ correlationId: 8n })])],
  byte_by_byte: Array.from(call(), (byte) => Buffer.of(byte)),
  unknown_field_99: [callAnd("9a0603616263")],
  compress_4_lz4: [call({ compressType: 4 })],
  compress_77: [call({ compressType: 77 })],
  compress_minus1: [call({ compressType: -1 })],
  compress_5000: [call({ compressType: 5000 })],
  gzip_claimed_but_plain: [call({ compressType: 2 })],
  snappy_claimed_but_plain: [call({ compressType: 1 }, "\x01\x04abc")],
  zlib_in_gzip: [call({ compressType: 2 }, deflateSync(message))],
  gzip_in_zlib: [call({ compressType: 3 }, gzipSync(message))],
  gzip_trailing_garbage: [
    call({ compressType: 2 }, Buffer.concat([gzipSync(message), Buffer.from("GARBAGE")])),
  ],
  attachment_size_too_big: [call({ attachmentSize: 100 })],
  attachment_size_negative: [call({ attachmentSize: -5 })],
  attachment_size_zero: [callAnd("2800")],
  attachment_is_whole_body: [call({ attachmentSize: message.length })],
  bad_pb_body: [call({}, hex("ffffff"))],
  missing_required_pb_field: [call({}, hex("0801"))],
  empty_body_required_missing: [call({}, "")],
  empty_body_gms: [callOf(generalModelService, "inference", "")],
  meta_unparsable: [rawFrame(hex("ffffffff"))],
  meta_empty: [rawFrame(Buffer.alloc(0))],
  meta_no_request: [frameOf({ correlationId: 7n }, message)],
  meta_missing_method_name: [rawFrame(hex("0a030a01612007"))],
  meta_is_response: [frameOf({ response: { errorCode: 0, errorText: "" }, correlationId: 7n }, message)],
  meta_size_gt_body_size: [withHeader(call(), "metaSize", 10_000)],
  bad_magic: [Buffer.from("PRPX\0\0\0\0\0\0\0\0", "latin1")],
  partial_magic_then_nothing: [Buffer.from("PR")],
  body_size_over_64MB: [withHeader(call(), "size", 64 * 1024 * 1024 + 1)],
  body_size_zero: [Buffer.from("PRPC\0\0\0\0\0\0\0\0", "latin1")],
  service_short_name: [callOf("BuiltinTestEchoService")],
  service_short_unknown: [callOf("Nope")],
  service_full_unknown: [callOf("a.b.Nope")],
  service_empty: [callOf("")],
  method_empty: [callOf(echoService, "")],
  method_full_name_style: [callOf(echoService, `${echoService}.inference`)],
  builtin_health: [callOf("brpc.health", "default_method", "")],
  builtin_health_short: [callOf("health", "default_method", "")],
  grpc_health_check: [callOf("grpc.health.v1.Health", "Check", "")],
  correlation_negative: [call({ correlationId: -3n })],
  correlation_zero: [call({ correlationId: 0n })],
  checksum_wrong: [call({ checksumType: 1, checksumValue: hex("00000000") })],
  checksum_unknown_type: [call({ checksumType: 9, checksumValue: hex("00000000") })],
  content_type_unknown_9: [call({ contentType: 9 })],
  content_type_json: [call({ contentType: 1 }, '{"a":5,"b":2.5}')],
  content_type_json_bad: [call({ contentType: 1 }, '{"a":5')],
  auth_data_ignored: [call({ authenticationData: Buffer.from("whoever") })],
  timeout_ms_1_with_sleep: [
    call({ request: { ...inference, timeoutMs: 1 } }, Buffer.from("\x12\x0e__sleep_ms=300", "latin1")),
  ],
  stream_settings: [callAnd("420408021801")],
  http_then_prpc: [httpRequest, call()],
  prpc_then_http: [call(), httpRequest],
};

export const goodCallId = 999n;

/** A call that any open connection answers. */
export const goodCall: Buffer = call({ correlationId: goodCallId });
