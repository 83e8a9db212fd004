import assert from "node:assert/strict";
import { test } from "node:test";
import { maxTextLength, presentableText } from "./presentable-text.js";

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

test("a long text is cut, between characters", () => {
  for (const start of ["", "a"]) {
    const text = presentableText(start + "🎛".repeat(maxTextLength));
    assert.ok(text.length <= maxTextLength, String(text.length));
    assert.ok(text.length >= maxTextLength - 2, String(text.length));
    assert.match(text, /^a?(🎛)+…$/u);
  }
});

test("a suffix is kept whole", () => {
  const text = presentableText("x".repeat(5000), " (request id 1)");
  assert.equal(text.length, maxTextLength);
  assert.match(text, /x… \(request id 1\)$/);
});
