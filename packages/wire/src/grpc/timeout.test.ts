import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import fc from "fast-check";
import { formatGrpcTimeout, maxGrpcTimeoutMs, parseGrpcTimeout } from "./timeout.js";

describe("parseGrpcTimeout", () => {
  const day = 86_400_000;
  const cases: readonly (readonly [string, number])[] = [
    ["2H", 7_200_000],
    ["3M", 180_000],
    ["5S", 5000],
    ["250m", 250],
    ["500u", 0.5],
    ["1000n", 0.001],
    ["00000001S", 1000],
    ["0S", 0],
    ["24H", day],
    ["600H", day],
    ["2147484S", day],
    ["99999999H", day],
    ["99999999m", day],
  ];
  for (const [text, ms] of cases) {
    test(`reads ${text} as ${ms} ms`, () => assert.equal(parseGrpcTimeout(text), ms));
  }

  for (const text of [
    "",
    "5",
    "S",
    "-1S",
    "+1S",
    "1.5S",
    "123456789S",
    "1s",
    "1 S",
    " 1S",
    "abc1Sxyz",
    "1Sm",
    "٣S",
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseGrpcTimeout(text), {
        code: Code.malformedRequest,
        message: `grpc-timeout: ${JSON.stringify(text)} is not 1 to 8 digits and one of H, M, S, m, u, n`,
      });
    });
  }
});

describe("formatGrpcTimeout", () => {
  const cases: readonly (readonly [number, string])[] = [
    [1e-9, "1n"],
    [0.001, "1000n"],
    [99, "99000000n"],
    [100, "100000u"],
    [5000, "5000000u"],
    [100_000, "100000m"],
    [86_400_000, "86400000m"],
    [100_000_000, "100000S"],
    [1e11, "1666667M"],
    [1e13, "2777778H"],
    [Number.POSITIVE_INFINITY, "99999999H"],
    [0, "1n"],
    [-5, "1n"],
  ];
  for (const [ms, text] of cases) {
    test(`writes ${ms} ms as ${text}`, () => assert.equal(formatGrpcTimeout(ms), text));
  }

  test("is read back as no less than it was, and hardly more", () => {
    const timeout = fc.double({ min: 1e-7, max: maxGrpcTimeoutMs, noNaN: true });
    fc.assert(
      fc.property(timeout, (ms) => {
        const text = formatGrpcTimeout(ms);
        assert.match(text, /^[1-9]\d{0,7}[numSMH]$/);
        const back = parseGrpcTimeout(text);
        // The last digit of a float may get lost on the way to nanoseconds and back.
        assert.ok(back >= ms * (1 - 1e-15), `${ms} -> ${text} -> ${back}`);
        // A nanosecond, or one in the hundred thousand a coarser unit begins with.
        assert.ok(back <= ms + Math.max(1.1e-6, ms * 1.1e-5), `${ms} -> ${text} -> ${back}`);
      }),
      { numRuns: 2000 },
    );
  });
});
