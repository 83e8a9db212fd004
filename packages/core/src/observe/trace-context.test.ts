import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formatTraceparent, newSpanId, newTraceId, parseTraceContext } from "./trace-context.js";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const traceparent = `00-${traceId}-${spanId}-01`;
const context = { traceId, parentSpanId: spanId, isSampled: true, state: "" };

describe("traceparent", () => {
  test("gives trace, caller's span and whether the trace is kept", () => {
    assert.deepEqual(parseTraceContext(traceparent), context);
    const unsampled = parseTraceContext(`00-${traceId}-${spanId}-02`);
    assert.deepEqual(unsampled, { ...context, isSampled: false });
  });

  test("may be of a later version, with more behind it", () => {
    for (const text of [`01-${traceId}-${spanId}-03`, `cc-${traceId}-${spanId}-01-what-comes`]) {
      assert.deepEqual(parseTraceContext(text), context);
    }
  });

  for (const [what, text] of [
    ["is missing", undefined],
    ["is empty", ""],
    ["is of the version that must not be", `ff-${traceId}-${spanId}-01`],
    ["of version 00 has more behind it", `${traceparent}-x`],
    ["of a later version has no dash before what is more", `01-${traceId}-${spanId}-01x`],
    ["has upper-case digits", traceparent.toUpperCase()],
    ["has no trace id", `00-${"0".repeat(32)}-${spanId}-01`],
    ["has no parent id", `00-${traceId}-${"0".repeat(16)}-01`],
    ["has a short trace id", `00-${traceId.slice(1)}-${spanId}-01`],
    ["has flags of three digits", `${traceparent}1`],
    ["comes twice", `${traceparent}, ${traceparent}`],
    ["has blanks around", ` ${traceparent} `],
    ["has a line end behind it", `${traceparent}\n`],
    ["has other digits", traceparent.replace("4b", "४b")],
  ] as const) {
    test(`that ${what} is ignored`, () => assert.equal(parseTraceContext(text), undefined));
  }

  test("is read as it was written", () => {
    const hex = (length: number) =>
      fc
        .array(fc.integer({ min: 0, max: 15 }), { minLength: length, maxLength: length })
        .map((digits) => digits.map((digit) => digit.toString(16)).join(""))
        .filter((text) => !/^0+$/.test(text));
    fc.assert(
      fc.property(hex(32), hex(16), fc.boolean(), (id, parentSpanId, isSampled) => {
        const written = { traceId: id, parentSpanId, isSampled, state: "" };
        assert.deepEqual(parseTraceContext(formatTraceparent(written, parentSpanId)), written);
      }),
    );
  });

  test("of any text is a context or none, never an error", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        assert.equal(parseTraceContext(a, b), undefined);
        assert.match(parseTraceContext(traceparent, b)?.state ?? "lost", /^[ -~]*$/);
      }),
    );
  });
});

describe("tracestate", () => {
  const stateOf = (text: string) => parseTraceContext(traceparent, text)?.state;

  test("is passed on, without blanks and empty members", () => {
    assert.equal(
      stateOf("congo=t61rcWkgMzE, rojo=00f067aa0ba902b7"),
      "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7",
    );
    assert.equal(stateOf(" ,a=1\t,, 0t@v=x y ,"), "a=1,0t@v=x y");
  });

  for (const [what, text] of [
    ["a member without a value", "a=1,b="],
    ["a member without an equals sign", "a=1,b"],
    ["an upper-case key", "A=1"],
    ["a key that begins with a digit", "1a=1"],
    ["two equals signs", "a=1=2"],
    ["a value that is not ASCII", "a=ü"],
    ["a control character", "a=1\u0000"],
    ["a key that is too long", `${"k".repeat(257)}=1`],
    ["a value that is too long", `a=${"v".repeat(257)}`],
    ["33 members", Array.from({ length: 33 }, (_, i) => `k${i}=1`).join(",")],
  ] as const) {
    test(`with ${what} counts as none, and the trace is still known`, () => assert.equal(stateOf(text), ""));
  }

  test("is passed on up to 512 characters, in whole members", () => {
    const members = ["a", "b", "c"].map((key) => `${key}=${"v".repeat(253)}`);
    assert.equal(stateOf(members.join(",")), members.slice(0, 2).join(","));
    assert.equal(stateOf(members.join(","))?.length, 511);
  });
});

test("new ids have the form the standard asks for, and differ", () => {
  const ids = Array.from({ length: 100 }, () =>
    formatTraceparent({ ...context, traceId: newTraceId() }, newSpanId()),
  );
  assert.equal(new Set(ids.map((text) => parseTraceContext(text)?.traceId)).size, 100);
  assert.equal(new Set(ids.map((text) => parseTraceContext(text)?.parentSpanId)).size, 100);
});
