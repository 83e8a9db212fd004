import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@paddlewheel/core";
import fc from "fast-check";
import { longInteger, parseJson } from "./parse-json.js";

describe("parseJson", () => {
  it("wraps integers of more than 15 digits, and nothing else", () => {
    const text =
      "[1234567890123456, -1234567890123456, 123456789012345, 0.1234567890123456, 1234567890123456.5]";
    assert.deepEqual(parseJson(text), [
      { [longInteger]: "1234567890123456" },
      { [longInteger]: "-1234567890123456" },
      123456789012345,
      0.1234567890123456,
      1234567890123456.5,
    ]);
  });

  it("leaves exponents alone", () => {
    const text = "[1e0000000000000012, 1E-0000000000000012, 1e+0000000000000012, 1234567890123456e1]";
    assert.deepEqual(parseJson(text), [1e12, 1e-12, 1e12, 1234567890123456e1]);
  });

  it("leaves digits in strings and keys alone", () => {
    const text = '{"1234567890123456": "a\\\\\\"1234567890123456", "b\\\\": 1234567890123456}';
    assert.deepEqual(parseJson(text), {
      "1234567890123456": 'a\\"1234567890123456',
      "b\\": { [longInteger]: "1234567890123456" },
    });
  });

  it("reads what JSON.parse reads", () => {
    const asNumber = (_key: string, value: unknown) => {
      const digits = (value as { [longInteger]?: string } | null)?.[longInteger];
      return digits === undefined ? value : Number(digits);
    };
    fc.assert(
      fc.property(fc.json(), (text) => {
        const parsed = JSON.stringify(parseJson(text));
        assert.deepEqual(JSON.parse(parsed, asNumber), JSON.parse(JSON.stringify(JSON.parse(text))));
      }),
      { numRuns: 500 },
    );
  });

  it("gives every digit of any 64-bit integer back", () => {
    const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n });
    fc.assert(
      fc.property(int64, (value) => {
        const [parsed] = parseJson(`[${value}]`) as [number | { [longInteger]: string }];
        assert.equal(BigInt(typeof parsed === "number" ? parsed : parsed[longInteger]), value);
      }),
    );
  });

  it("takes 100 levels and refuses 101", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    assert.doesNotThrow(() => parseJson(nested(100)));
    assert.doesNotThrow(() => parseJson(`[${"[],{},".repeat(1000)}0]`));
    for (const text of [nested(101), "[".repeat(1_000_000), '{"a":'.repeat(101), '[{"a":'.repeat(51)]) {
      assert.throws(() => parseJson(text), {
        code: Code.malformedRequest,
        message: "the JSON is nested deeper than 100 levels",
      });
    }
  });

  it("takes brackets in strings for text", () => {
    const text = JSON.stringify("[{".repeat(200));
    assert.equal(parseJson(text), "[{".repeat(200));
  });

  it("refuses what is not JSON in the parser's words about the text as it was sent", () => {
    const wrong = ["{", "[1,]", '"abc', '"abc\\"', "nul", "[--1234567890123456]", "[01234567890123456]"];
    for (const text of [...wrong, "{1234567890123456: 1}", "[1234567890123456 1]", "[1.-1234567890123456]"]) {
      let reason = "";
      try {
        JSON.parse(text);
      } catch (error) {
        reason = (error as Error).message;
      }
      assert.throws(() => parseJson(text), {
        code: Code.malformedRequest,
        message: `the text is not JSON: ${reason}`,
      });
    }
  });
});
