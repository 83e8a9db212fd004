import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { hasBytesAt } from "./same-bytes.js";

test("bytes are found where they stand, and not when one of them differs", () => {
  const value = fc.uint8Array({ minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(fc.uint8Array(), value, fc.nat(), (before, value, place) => {
      const bytes = Uint8Array.from([...before, ...value]);
      assert.ok(hasBytesAt(bytes, before.length, value));
      const at = before.length + (place % value.length);
      bytes[at] = (bytes[at] ?? 0) ^ 0x80;
      assert.ok(!hasBytesAt(bytes, before.length, value));
    }),
  );
});
