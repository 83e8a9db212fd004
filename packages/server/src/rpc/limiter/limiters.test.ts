import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AutoLimiter } from "./auto-limiter.js";
import type { ConcurrencyLimiter } from "./concurrency-limiter.js";
import { createLimiter } from "./create-limiter.js";

/** Ends calls one after the other, `gapMs` apart. */
function endCalls(
  limiter: ConcurrencyLimiter,
  { count, from, gapMs, latencyMs }: { count: number; from: number; gapMs: number; latencyMs: number },
): void {
  for (let at = 0; at < count; at++) limiter.release("ok", latencyMs, from + at * gapMs);
}

test("0 is no limit", () => assert.equal(createLimiter(0, "calls"), undefined));

test("a number lets in as many, and says how many there were", () => {
  const limiter = createLimiter(2, "calls of S/m");
  assert.equal(limiter?.refuse(2, undefined), undefined);
  const text = "3 calls of S/m are at work, the limit of max_concurrency is 2";
  assert.equal(limiter?.refuse(3, undefined), text);
  assert.equal(limiter?.limit, 2);
});

describe("auto", () => {
  test("lets 40 in at first", () => {
    const limiter = createLimiter("auto", "calls");
    assert.equal(limiter?.refuse(40, undefined), undefined);
    const text = "41 calls are at work, the limit of max_concurrency is 40 at present";
    assert.equal(limiter?.refuse(41, undefined), text);
  });

  test("decides after a second of a hundred calls", () => {
    const limiter = new AutoLimiter({ subject: "calls", random: () => 0 });
    limiter.refuse(40);
    endCalls(limiter, { count: 100, from: 0, gapMs: 10, latencyMs: 5 });
    assert.equal(limiter.limit, 40);
    limiter.release("ok", 5, 1000);
    assert.equal(limiter.limit, 30);
  });

  test("decides sooner when calls are many", () => {
    const limiter = new AutoLimiter({ subject: "calls", random: () => 0 });
    limiter.refuse(40);
    endCalls(limiter, { count: 200, from: 5, gapMs: 0.4, latencyMs: 5 });
    assert.equal(limiter.limit, 40);
    limiter.release("ok", 5, 100);
    assert.equal(limiter.limit, 30);
  });

  test("decides nothing from calls that are far apart, or that say nothing", () => {
    const limiter = new AutoLimiter({ subject: "calls", random: () => 0 });
    limiter.refuse(40);
    endCalls(limiter, { count: 500, from: 0, gapMs: 150, latencyMs: 5 });
    for (let at = 0; at < 1000; at++) limiter.release("neutral", 5, 75_000 + at * 10);
    assert.equal(limiter.limit, 40);
  });

  test("counts no call that ends while the lowered limit settles", () => {
    const limiter = new AutoLimiter({ subject: "calls", random: () => 0 });
    limiter.refuse(40);
    endCalls(limiter, { count: 100, from: 510, gapMs: 10, latencyMs: 500 });
    assert.equal(limiter.limit, 30);
    limiter.refuse(30);
    endCalls(limiter, { count: 99, from: 1510, gapMs: 10, latencyMs: 500 });
    endCalls(limiter, { count: 99, from: 2510, gapMs: 10, latencyMs: 500 });
    assert.equal(limiter.limit, 30);
    limiter.release("ok", 500, 3500);
    assert.equal(limiter.limit, 23);
  });
});

describe("timeout", () => {
  const slow = (latencyMs: number): ConcurrencyLimiter | undefined => {
    const limiter = createLimiter("timeout:100", "calls");
    if (limiter) endCalls(limiter, { count: 11, from: 0, gapMs: 100, latencyMs });
    return limiter;
  };

  test("refuses calls whose time is no longer than calls take on average", () => {
    const limiter = slow(300);
    const text = "calls take 300 ms on average, this one has 200 ms";
    assert.equal(limiter?.refuse(2, 200), text);
    assert.equal(limiter?.refuse(2, 301), undefined);
  });

  test("takes the time of callers who do not say from the setting, 500 ms by default", () => {
    assert.match(slow(100)?.refuse(2, undefined) ?? "", /this one has 100 ms$/);
    assert.equal(slow(99)?.refuse(2, undefined), undefined);
    const standard = createLimiter("timeout", "calls");
    if (standard) endCalls(standard, { count: 11, from: 0, gapMs: 100, latencyMs: 501 });
    assert.match(standard?.refuse(2, undefined) ?? "", /this one has 500 ms$/);
  });

  test("always lets one call in, which renews the average", () => {
    const limiter = slow(300);
    assert.equal(limiter?.refuse(1, 1), undefined);
    limiter?.release("ok", 1, 2500);
    assert.equal(limiter?.refuse(2, 200), undefined);
  });

  test("lets no more than 100 in", () => {
    const limiter = createLimiter("timeout", "calls");
    assert.equal(limiter?.refuse(100, undefined), undefined);
    assert.match(limiter?.refuse(101, undefined) ?? "", /^101 calls are at work, .* is 100$/);
  });

  test("counts the time of failed calls, alone when none succeeded", () => {
    const limiter = createLimiter("timeout", "calls");
    limiter?.release("failed", 400, 0);
    limiter?.release("ok", 200, 1000);
    assert.match(limiter?.refuse(2, 1) ?? "", /^calls take 600 ms /);
    limiter?.release("failed", 900, 2000);
    assert.match(limiter?.refuse(2, 1) ?? "", /^calls take 900 ms /);
    limiter?.release("neutral", 5, 3000);
    assert.match(limiter?.refuse(2, 1) ?? "", /^calls take 900 ms /);
  });
});
