import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Trials } from "./trials.js";

describe("a server on trial", () => {
  test("is avoided while it has its call, with those that were tried", () => {
    const trials = new Trials();
    trials.begin("a:1");
    assert.equal(trials.avoided(undefined), undefined);
    trials.onPick("a:1");
    trials.onPick("b:1");
    assert.deepEqual([...(trials.avoided(new Set(["c:1"])) ?? [])], ["c:1", "a:1"]);
    trials.onLeaseEnd("a:1");
    assert.equal(trials.avoided(undefined), undefined);
    assert.ok(trials.has("a:1"));
  });

  test("is like any other when its trial is over", () => {
    const trials = new Trials();
    trials.begin("a:1");
    trials.onPick("a:1");
    trials.end("a:1");
    assert.deepEqual([trials.size, trials.has("a:1"), trials.avoided(undefined)], [0, false, undefined]);
  });
});
