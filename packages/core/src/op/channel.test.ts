import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "../code.js";
import { Channel } from "./channel.js";

describe("Channel", () => {
  test("is absent until it is written, and again once it is cleared", () => {
    const channel = new Channel<number>(1, "reader");
    const absent = { code: Code.internal, message: 'the output of "reader" is absent' };
    assert.equal(channel.isAbsent, true);
    assert.throws(() => channel.data, absent);
    assert.equal(channel.peek(), undefined);
    channel.data = 7;
    assert.equal(channel.isAbsent, false);
    assert.equal(channel.data, 7);
    assert.equal(channel.peek(), 7);
    channel.clear();
    assert.throws(() => channel.data, absent);
  });

  test("holds any value but undefined", () => {
    const channel = new Channel<unknown>(1, "reader");
    for (const value of [null, 0, "", false, Number.NaN]) {
      channel.data = value;
      assert.equal(channel.isAbsent, false);
      assert.equal(channel.data, value);
    }
    channel.data = undefined;
    assert.equal(channel.isAbsent, true);
  });
});
