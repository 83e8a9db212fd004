import assert from "node:assert/strict";
import { test } from "node:test";
import { Code } from "@paddlewheel/core";
import fc from "fast-check";
import { type MetaObject, oracleDecodeMeta, oracleEncodeMeta } from "../testing/meta-oracle.js";
import { encodeFrameHead, frameHeaderSize, type OutgoingMeta } from "./frame-head.js";
import { MetaDecoder } from "./meta-decoder.js";
import type { RpcMeta } from "./rpc-meta.js";

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const text = fc.string({ unit: "binary", maxLength: 40 });
const bytes = fc.uint8Array({ maxLength: 20 });

const asWritten = { noNullPrototype: true } as const;
const request = fc.record(
  {
    serviceName: text,
    methodName: text,
    logId: uint64,
    traceId: uint64,
    spanId: uint64,
    parentSpanId: uint64,
    requestId: text,
    timeoutMs: int32,
  },
  asWritten,
);

const meta: fc.Arbitrary<RpcMeta> = fc.record(
  {
    request: fc.option(request, { nil: undefined }),
    response: fc.option(fc.record({ errorCode: int32, errorText: text }, asWritten), { nil: undefined }),
    compressType: int32,
    correlationId: uint64,
    attachmentSize: int32,
    authenticationData: bytes,
    userFields: fc.array(fc.tuple(text, text), { maxLength: 3 }).map((entries) => new Map(entries)),
    contentType: int32,
    checksumType: int32,
    checksumValue: bytes,
    isChecksumWithAttachment: fc.boolean(),
  },
  asWritten,
);

const signed = (id: bigint): string | number => (id === 0n ? 0 : String(BigInt.asIntN(64, id)));

/** Every field, as an old or a new brpc sends them: defaults too. */
function toObject({ request, response, ...meta }: RpcMeta): MetaObject {
  return {
    ...(request
      ? {
          request: {
            service_name: request.serviceName,
            method_name: request.methodName,
            log_id: signed(request.logId),
            trace_id: signed(request.traceId),
            span_id: signed(request.spanId),
            parent_span_id: signed(request.parentSpanId),
            request_id: request.requestId,
            timeout_ms: request.timeoutMs,
          },
        }
      : {}),
    ...(response ? { response: { error_code: response.errorCode, error_text: response.errorText } } : {}),
    compress_type: meta.compressType,
    correlation_id: signed(meta.correlationId),
    attachment_size: meta.attachmentSize,
    authentication_data: Buffer.from(meta.authenticationData),
    user_fields: Object.fromEntries(meta.userFields),
    content_type: meta.contentType,
    checksum_type: meta.checksumType,
    checksum_value: Buffer.from(meta.checksumValue),
    checksum_with_attachment: meta.isChecksumWithAttachment,
  };
}

function sameBytes(meta: RpcMeta): object {
  const { authenticationData, checksumValue } = meta;
  return { ...meta, authenticationData: [...authenticationData], checksumValue: [...checksumValue] };
}

/** protobufjs keeps entries in an object, which has no place for this one. */
const hasNoProto = ({ userFields }: RpcMeta) => !userFields.has("__proto__");

const stream_settings = { stream_id: 1, writable: true, extra_stream_ids: [2, 3] };
const chunk_info = { stream_id: 1, chunk_id: 2 };

/** A text as field 99; it is shorter than 128 bytes. */
function unknownField(text: string): Buffer {
  const bytes = Buffer.from(text).subarray(0, 127);
  return Buffer.concat([Buffer.of(0x9a, 0x06, bytes.length), bytes]);
}

test("what protobufjs encodes is decoded, unknown fields and parts we leave out beside", () => {
  const decoder = new MetaDecoder();
  fc.assert(
    fc.property(meta.filter(hasNoProto), text, (meta, unknown) => {
      const object = { ...toObject(meta), stream_settings, chunk_info };
      const bytes = Buffer.concat([oracleEncodeMeta(object), unknownField(unknown)]);
      assert.deepEqual(sameBytes(decoder.decode(bytes)), sameBytes(meta));
    }),
  );
});

test("protobufjs reads the same from what is encoded, which has no defaults but the names and the code", () => {
  const isSent = ([, value]: [string, unknown]) =>
    !(value === 0 || value === "" || value === false || isEmpty(value));
  fc.assert(
    fc.property(meta.filter(hasNoProto), fc.nat(1000), (meta, payloadSize) => {
      const outgoing = { ...meta, userFields: [...meta.userFields] } as OutgoingMeta;
      const head = Buffer.from(encodeFrameHead(outgoing, payloadSize));
      const { request, response, ...object } = toObject(meta);
      const expected = Object.fromEntries(Object.entries(object).filter(isSent));
      const {
        request: sentRequest,
        response: sentResponse,
        ...sent
      } = oracleDecodeMeta(head.subarray(frameHeaderSize));
      assert.deepEqual(sent, expected);
      const named = Object.entries(request ?? {}).filter(
        (entry) => entry[0].endsWith("_name") || isSent(entry),
      );
      assert.deepEqual(sentRequest, request && Object.fromEntries(named));
      const coded = Object.entries(response ?? {}).filter(
        (entry) => entry[0] === "error_code" || isSent(entry),
      );
      assert.deepEqual(sentResponse, response && Object.fromEntries(coded));
      assert.deepEqual(
        [head.toString("latin1", 0, 4), head.readUInt32BE(4), head.readUInt32BE(8)],
        ["PRPC", head.length - frameHeaderSize + payloadSize, head.length - frameHeaderSize],
      );
    }),
  );
});

function isEmpty(value: unknown): boolean {
  if (value instanceof Uint8Array) return value.length === 0;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

test("of a message in two parts the second adds to the first", () => {
  const first = { request: { service_name: "a", method_name: "b", log_id: "7" }, correlation_id: "1" };
  const second = { request: { service_name: "c", method_name: "d", timeout_ms: 9 }, compress_type: 2 };
  const both = Buffer.concat([oracleEncodeMeta(first), oracleEncodeMeta(second)]);
  const { request, correlationId, compressType } = new MetaDecoder().decode(both);
  const { serviceName, methodName, logId, timeoutMs } = request ?? {};
  assert.deepEqual(
    [serviceName, methodName, logId, timeoutMs, correlationId, compressType],
    ["c", "d", 7n, 9, 1n, 2],
  );
});

test("what a decoder knows of the metas before never shows in the next, and the same request is the same object", () => {
  const requests = [
    { service_name: "a.Service", method_name: "inference" },
    { service_name: "a.Service", method_name: "inference", timeout_ms: 9 },
    { service_name: "a.Service", method_name: "debug" },
    { service_name: "a.Service", method_name: "debug", log_id: "7" },
  ];
  const parts = fc.array(fc.constantFrom(...requests), { minLength: 1, maxLength: 2 });
  fc.assert(
    fc.property(fc.array(fc.tuple(parts, fc.nat(300))), (metas) => {
      const decoder = new MetaDecoder();
      for (const [parts, id] of metas) {
        const first = parts.map((request) => oracleEncodeMeta({ request }));
        const bytes = Buffer.concat([...first, oracleEncodeMeta({ correlation_id: id })]);
        assert.deepEqual(decoder.decode(bytes), new MetaDecoder().decode(bytes));
      }
    }),
  );
  const decoder = new MetaDecoder();
  const bytes = oracleEncodeMeta({ request: requests[1] ?? {} });
  assert.equal(decoder.decode(bytes).request, decoder.decode(bytes).request);
});

test("a list of user fields gives the same bytes each time", () => {
  const lists = [
    [["a", "1"]],
    [
      ["a", "2"],
      ["b", ""],
    ],
    [],
  ] as const;
  const encode = (userFields: OutgoingMeta["userFields"]) => Buffer.from(encodeFrameHead({ userFields }, 0));
  const fresh = lists.map((list) => encode([...list]));
  for (const i of [0, 0, 1, 0, 2, 2, 1, 1]) assert.deepEqual(encode(lists[i]), fresh[i]);
});

test("text that is not UTF-8 is read as well as can be", () => {
  const { response } = new MetaDecoder().decode(Buffer.from("1204120261ff", "hex"));
  assert.equal(response?.errorText, "a\ufffd");
});

for (const [what, hex, message] of [
  ["without a method name", "0a030a0161", "RpcRequestMeta.method_name: is missing"],
  ["without a service name", "0a03120161", "RpcRequestMeta.service_name: is missing"],
  ["cut off", "0a050a01", "RpcMeta.request: the length at byte 1 is 5, more than the 2 left"],
] as const) {
  test(`a meta ${what} is refused`, () => {
    const decode = () => new MetaDecoder().decode(Buffer.from(hex, "hex"));
    assert.throws(decode, { code: Code.malformedRequest, message });
  });
}
