import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { maxWindowSize, ReceiveWindow, SendWindow } from "./flow-window.js";

describe("SendWindow", () => {
  test("may be taken below nothing by SETTINGS and grows from there", () => {
    const window = new SendWindow(10);
    window.take(8);
    assert.ok(window.widen(-10));
    assert.equal(window.available, -8);
    assert.ok(window.widen(9));
    assert.equal(window.available, 1);
  });

  test("refuses to grow beyond what a window may be, and stays as it is", () => {
    const window = new SendWindow(1);
    assert.ok(!window.widen(maxWindowSize));
    assert.equal(window.available, 1);
    assert.ok(window.widen(maxWindowSize - 1));
  });
});

describe("ReceiveWindow", () => {
  test("tells the byte that is one too many", () => {
    const window = new ReceiveWindow(10);
    assert.ok(window.accept(10));
    assert.ok(!window.accept(1));
  });

  test("announces what was released once it is half of its size", () => {
    const window = new ReceiveWindow(10);
    window.accept(10);
    assert.equal(window.release(4), 0);
    assert.equal(window.release(3), 7);
    assert.equal(window.release(3), 0);
    assert.ok(window.accept(7));
    assert.ok(!window.accept(1));
  });
});
