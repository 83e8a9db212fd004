import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import { frameMessage } from "@paddlewheel/wire";
import fc from "fast-check";
import { MessageSplitter } from "./message-splitter.js";

const framed = (message: Uint8Array, isCompressed = false): Buffer =>
  Buffer.concat(frameMessage(message, isCompressed));
const splitter = (): MessageSplitter => new MessageSplitter({ encoding: "gzip", maxMessageSize: 100 });

describe("MessageSplitter", () => {
  test("gives back every message of a body, wherever it is cut", () => {
    const message = fc.record(
      { bytes: fc.uint8Array({ maxLength: 100 }), isCompressed: fc.boolean() },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 40 })),
        (messages, cuts) => {
          const body = Buffer.concat(messages.map(({ bytes, isCompressed }) => framed(bytes, isCompressed)));
          const split = splitter();
          const found = [];
          let at = 0;
          for (const length of [...cuts, body.length]) {
            found.push(...split.push(body.subarray(at, at + length)));
            at += length;
          }
          split.finish();
          assert.deepEqual(
            found.map(({ bytes, isCompressed }) => ({ bytes: new Uint8Array(bytes), isCompressed })),
            messages,
          );
        },
      ),
    );
  });

  test("refuses a message that is too large as soon as it says so", () => {
    assert.throws(() => splitter().push(framed(Buffer.alloc(101)).subarray(0, 5)), {
      code: Code.messageTooLarge,
      message: "Received message larger than max (101 vs 100)",
    });
  });

  test("refuses a flag that is none", () => {
    assert.throws(() => splitter().push(Uint8Array.of(2)), {
      message: "the compressed flag of the message is 2, must be 0 or 1",
    });
  });

  for (const length of [3, 7]) {
    test(`finds that a body ends ${length} bytes into a message`, () => {
      const split = splitter();
      assert.deepEqual(split.push(framed(Buffer.alloc(10)).subarray(0, length)), []);
      assert.throws(() => split.finish(), { code: Code.internal, message: /^the message is cut off: / });
    });
  }
});
