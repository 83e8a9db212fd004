import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, type ErrorDetails, ServeError } from "@paddlewheel/core";
import fc from "fast-check";
import protobuf from "protobufjs";
import { encodeBinaryHeader } from "./metadata.js";
import { GrpcStatus } from "./status.js";
import { decodeStatusDetails, encodeStatusDetails } from "./status-details.js";

/** The messages as google/rpc/status.proto, any.proto and error_details.proto number their fields. */
const { root } = protobuf.parse(`syntax = "proto3";
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }`);
const statusType = root.lookupType("Status");
const infoType = root.lookupType("ErrorInfo");

const errorInfoUrl = "type.googleapis.com/google.rpc.ErrorInfo";

interface PlainStatus {
  readonly code: number;
  readonly message: string;
  readonly details: readonly { readonly typeUrl: string; readonly value: Uint8Array }[];
}

function decodeWithProtobufjs(value: string): PlainStatus {
  const message = statusType.decode(Buffer.from(value, "base64"));
  return statusType.toObject(message, { arrays: true }) as PlainStatus;
}

function header(details: readonly { readonly typeUrl: string; readonly value: Uint8Array }[]): string {
  return encodeBinaryHeader(statusType.encode({ code: 13, message: "m", details }).finish());
}

function foreignInfo(info: Readonly<Record<string, unknown>>): Uint8Array {
  return infoType.encode(info).finish();
}

describe("encodeStatusDetails", () => {
  test("writes a google.rpc.Status with one ErrorInfo", () => {
    const details = { service: "general", workflow: "w1", node: "classify" };
    const error = new ServeError(Code.messageTooLarge, "zu groß", { details });
    const status = decodeWithProtobufjs(encodeStatusDetails(GrpcStatus.resourceExhausted, error));
    assert.deepEqual([status.code, status.message, status.details.length], [8, "zu groß", 1]);
    assert.equal(status.details[0]?.typeUrl, errorInfoUrl);
    const info = infoType.decode(status.details[0]?.value ?? new Uint8Array(0));
    assert.deepEqual(infoType.toObject(info, { objects: true }), {
      reason: "MESSAGE_TOO_LARGE",
      domain: "paddlewheel",
      metadata: details,
    });
  });

  test("stays small whatever the error says", () => {
    const details: ErrorDetails = { huge: "é".repeat(100_000), node: "a", "bad key": "x", ...manyDetails() };
    const error = new ServeError(Code.opFailure, "😀".repeat(100_000), { details });
    const value = encodeStatusDetails(GrpcStatus.internal, error);
    assert.ok(value.length < 3000, String(value.length));
    const decoded = decodeStatusDetails(value);
    assert.equal(decoded?.details.node, "a");
    assert.equal(decoded?.details.huge, undefined);
    assert.equal(decoded?.details["bad key"], undefined);
  });
});

function manyDetails(): ErrorDetails {
  return Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key${i}`, "value"]));
}

describe("decodeStatusDetails", () => {
  test("reads back every code and its details", () => {
    const value = fc.string({ unit: "binary", maxLength: 40 }).map((text) => Buffer.from(text).toString());
    const details = fc.dictionary(fc.constantFrom("service", "workflow", "node", "engine"), value);
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(Code)), details, (code, expected) => {
        const error = new ServeError(code, "m", { details: expected });
        const decoded = decodeStatusDetails(encodeStatusDetails(GrpcStatus.internal, error));
        assert.equal(decoded?.code, code);
        assert.deepEqual({ ...decoded.details }, { ...expected });
      }),
    );
  });

  test("finds our ErrorInfo among the details of others", () => {
    const value = header([
      { typeUrl: "type.googleapis.com/google.rpc.RetryInfo", value: Uint8Array.of(1, 2, 3) },
      { typeUrl: errorInfoUrl, value: foreignInfo({ reason: "X", domain: "elsewhere" }) },
      { typeUrl: errorInfoUrl, value: foreignInfo({ reason: "NOT_FOUND", domain: "paddlewheel" }) },
      { typeUrl: "type.googleapis.com/google.rpc.Help", value: Uint8Array.of(1, 2, 3) },
    ]);
    assert.deepEqual(decodeStatusDetails(value), { code: Code.notFound, details: {} });
  });

  test("has no code for a reason of a later version", () => {
    const value = header([
      { typeUrl: errorInfoUrl, value: foreignInfo({ reason: "LATER", domain: "paddlewheel" }) },
    ]);
    assert.deepEqual(decodeStatusDetails(value), { code: undefined, details: {} });
  });

  test("lets no key reach the prototype of the details", () => {
    const metadata = JSON.parse('{"__proto__": "x", "node": "a"}') as Record<string, string>;
    const value = header([
      { typeUrl: errorInfoUrl, value: foreignInfo({ reason: "IGNORE", domain: "paddlewheel", metadata }) },
    ]);
    assert.deepEqual(Object.entries(decodeStatusDetails(value)?.details ?? {}), [["node", "a"]]);
  });

  test("gives nothing for what is broken, or not ours", () => {
    for (const value of [
      "",
      "!",
      "////",
      header([]),
      header([{ typeUrl: errorInfoUrl, value: Uint8Array.of(255) }]),
    ]) {
      assert.equal(decodeStatusDetails(value), undefined, value);
    }
  });

  test("never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        decodeStatusDetails(encodeBinaryHeader(bytes));
      }),
    );
  });
});
