import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeStatusMessage, encodeStatusMessage, maxStatusMessageSize } from "@paddlewheel/wire";
import { presentableText } from "./presentable-text.js";

test("a text that may leave stays as it is", () => {
  const text = 'tensor "größe 特征 🎛": axis 1 is 4, the model of engine "m" wants 3';
  assert.equal(presentableText(text), text);
});

test("control characters become question marks", () => {
  assert.equal(presentableText("a\r\nb\u001b[31m\0"), "a??b?[31m?");
});

test("half a surrogate pair is left out", () => {
  assert.equal(presentableText("a\ud83cb"), "ab");
});

for (const [what, characters] of [
  ["between characters", "🎛"],
  ["where one byte stands for each", "x"],
  ["where blanks stand at its end", "x "],
] as const) {
  test(`a long text is cut so that gRPC can tell it whole, ${what}`, () => {
    for (const start of ["", "a", "ab"]) {
      const text = presentableText(start + characters.repeat(2000));
      const encoded = encodeStatusMessage(text);
      assert.equal(decodeStatusMessage(encoded), text);
      assert.match(text, /…$/u);
      // Room for one more character, and for blanks at both ends.
      assert.ok(encoded.length > maxStatusMessageSize - 16, String(encoded.length));
    }
  });
}

test("a suffix is kept whole", () => {
  const text = presentableText("x".repeat(5000), " (request id 1)");
  const encoded = encodeStatusMessage(text);
  assert.equal(decodeStatusMessage(encoded), text);
  assert.ok(encoded.length > maxStatusMessageSize - 16, String(encoded.length));
  assert.match(text, /x… \(request id 1\)$/);
});
