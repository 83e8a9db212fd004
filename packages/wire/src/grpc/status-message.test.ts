import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { decodeStatusMessage, encodeStatusMessage, maxStatusMessageSize } from "./status-message.js";

/** As UTF-8 can say it: lone surrogates replaced. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

const anyText = fc.string({ unit: "binary", maxLength: 80 });

describe("encodeStatusMessage", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["", ""],
    ['tensor "x": want [1,13]', 'tensor "x": want [1,13]'],
    ["100%", "100%25"],
    ["a\nb\tc\x7f", "a%0Ab%09c%7F"],
    ["ü€😀", "%C3%BC%E2%82%AC%F0%9F%98%80"],
    ["\ud800x", "%EF%BF%BDx"],
    [" a b ", "%20a b%20"],
    [" ", "%20"],
  ];
  for (const [message, encoded] of cases) {
    test(`writes ${JSON.stringify(message)} as ${encoded}`, () => {
      assert.equal(encodeStatusMessage(message), encoded);
    });
  }

  test("cuts a long message to the limit", () => {
    assert.equal(encodeStatusMessage("a".repeat(200_000)), "a".repeat(maxStatusMessageSize));
    assert.equal(encodeStatusMessage("a".repeat(maxStatusMessageSize)), "a".repeat(maxStatusMessageSize));
  });

  test("cuts between characters, never inside one", () => {
    const encoded = encodeStatusMessage(`ab${"😀".repeat(1000)}`);
    assert.equal(encoded, `ab${"%F0%9F%98%80".repeat(85)}`);
  });

  test("leaves no blank at the end where it cuts", () => {
    const start = "a".repeat(maxStatusMessageSize - 1);
    assert.equal(encodeStatusMessage(`${start} b`), start);
  });

  test("gives a legal header value of no more than the limit for any text", () => {
    const longText = fc.string({ unit: "binary", minLength: 300, maxLength: 1200 });
    fc.assert(
      fc.property(fc.oneof(anyText, longText), (message) => {
        const encoded = encodeStatusMessage(message);
        assert.match(encoded, /^(?! )([\x20-\x24\x26-\x7e]|%[0-9A-F]{2})*(?<! )$/);
        assert.ok(encoded.length <= maxStatusMessageSize);
        assert.ok(wellFormed(message).startsWith(decodeStatusMessage(encoded)));
      }),
    );
  });
});

describe("decodeStatusMessage", () => {
  test("reads back any text that is not too long", () => {
    fc.assert(
      fc.property(anyText, (message) => {
        assert.equal(decodeStatusMessage(encodeStatusMessage(message)), wellFormed(message));
      }),
      { numRuns: 1000 },
    );
  });

  const cases: readonly (readonly [string, string])[] = [
    ["%c3%BC", "ü"],
    ["100%", "100%"],
    ["%zz%4", "%zz%4"],
    ["%%41", "%A"],
    ["%FFa", "\ufffda"],
    ["%C3", "\ufffd"],
    ["%+1", "%+1"],
    ["\u00c3\u00bc%41", "üA"],
    ["\u00fc", "\ufffd"],
  ];
  for (const [value, message] of cases) {
    test(`reads ${value} as ${JSON.stringify(message)}`, () =>
      assert.equal(decodeStatusMessage(value), message));
  }

  test("never fails, whatever comes", () => {
    const value = fc.string({ unit: fc.constantFrom("%", "4", "f", "g", "é", "\ud800"), maxLength: 30 });
    fc.assert(fc.property(value, (text) => assert.equal(typeof decodeStatusMessage(text), "string")));
  });
});
