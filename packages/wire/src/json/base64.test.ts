import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import * as portable from "./base64.js";
import * as buffers from "./base64-buffer.js";

for (const [name, { encodeBase64, decodeBase64 }] of Object.entries({ portable, buffers })) {
  describe(`base64, ${name}`, () => {
    test("is what Node writes, and is read again, in each alphabet and without padding", () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
          const text = encodeBase64(bytes);
          assert.equal(text, Buffer.from(bytes).toString("base64"));
          const url = text.replaceAll("+", "-").replaceAll("/", "_");
          for (const form of [text, url, text.replace(/=+$/, ""), url.replace(/=+$/, "")]) {
            assert.deepEqual(Uint8Array.from(decodeBase64(form) ?? []), bytes, form);
          }
        }),
      );
    });

    test("takes views, and more bytes than one call has arguments", () => {
      const bytes = Uint8Array.from({ length: 300_001 }, (_, i) => (i * 7) % 256);
      const view = bytes.subarray(5);
      assert.equal(encodeBase64(view), Buffer.from(view).toString("base64"));
      assert.deepEqual(Uint8Array.from(decodeBase64(encodeBase64(view)) ?? []), view);
    });

    for (const text of ["a", "abcde", "ab c", "a\nbcd", "ab=c", "=abc", "äbcd", "ab*d", "a==="]) {
      test(`does not take ${JSON.stringify(text)} for base64`, () => {
        assert.equal(decodeBase64(text), undefined);
      });
    }
  });
}
