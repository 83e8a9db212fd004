import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { LineBuffer } from "./line-buffer.js";

const texts = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary", maxLength: 100 }),
  fc.constant("a".repeat(200_000)),
);
const parts = fc.oneof(
  fc.record({ kind: fc.constant("text" as const), value: texts }),
  fc.record({ kind: fc.constant("json" as const), value: texts }),
  fc.record({ kind: fc.constant("bytes" as const), value: fc.uint8Array() }),
  fc.record({ kind: fc.constant("number" as const), value: fc.oneof(fc.nat(), fc.integer(), fc.double()) }),
);

describe("LineBuffer", () => {
  test("holds what was written, each part as it is written alone", () => {
    fc.assert(
      fc.property(fc.array(parts), (all) => {
        const buffer = new LineBuffer();
        const expected = all.map((part) => {
          if (part.kind === "text") buffer.text(part.value);
          else if (part.kind === "json") buffer.json(part.value);
          else if (part.kind === "bytes") buffer.bytes(part.value);
          else buffer.number(part.value);
          if (part.kind === "bytes") return Buffer.from(part.value);
          return Buffer.from(part.kind === "json" ? JSON.stringify(part.value) : String(part.value));
        });
        assert.deepEqual(buffer.held, Buffer.concat(expected));
        assert.equal(buffer.length, buffer.held.length);
      }),
    );
  });

  test("writes numbers of every length", () => {
    for (let power = 0; power < 16; power++) {
      for (const value of [10 ** power - 1, 10 ** power, 10 ** power + 1]) {
        const buffer = new LineBuffer();
        buffer.number(value);
        assert.equal(buffer.held.toString(), String(value));
      }
    }
  });

  test("is empty after it is cleared, also of much", () => {
    const buffer = new LineBuffer();
    buffer.text("x".repeat(1_000_000));
    buffer.clear();
    buffer.text("y");
    assert.equal(buffer.held.toString(), "y");
  });
});
