import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type PlacementFacts, type PlacementPlan, planPlacement } from "./plan-placement.js";

const small: PlacementFacts = {
  placement: "auto",
  isolation: "thread",
  runtimeThreadNum: 0,
  defaultThreadNum: 4,
  modelBytes: 1000,
};

function planOf(facts: Partial<PlacementFacts>): PlacementPlan {
  return planPlacement({ ...small, ...facts });
}

describe("planPlacement", () => {
  test("follows conf where it speaks, without measuring", () => {
    assert.deepEqual(planOf({ placement: "inline" }), { kind: "inline", reason: "conf says inline" });
    const reason = "conf says isolation process";
    assert.deepEqual(planOf({ isolation: "process" }), { kind: "process", threads: 4, reason });
    assert.deepEqual(planOf({ isolation: "process", runtimeThreadNum: 2 }), {
      kind: "process",
      threads: 2,
      reason,
    });
    assert.deepEqual(planOf({ placement: "pool" }), { kind: "pool", threads: 4, reason: "conf says pool" });
    for (const placement of ["auto", "pool"] as const) {
      assert.deepEqual(planOf({ placement, runtimeThreadNum: 3 }), {
        kind: "pool",
        threads: 3,
        reason: "conf says runtime_thread_num 3",
      });
    }
  });

  test("measures a small model whose run time is unknown", () => {
    assert.deepEqual(planOf({}), { kind: "measure" });
    assert.deepEqual(planOf({ modelBytes: 16_777_216 }), { kind: "measure" });
  });

  test("pools a large model without measuring", () => {
    const reason = "the model is 16.5 MB, more than the 16.0 MB that load inline";
    assert.deepEqual(planOf({ modelBytes: 17_301_504 }), { kind: "pool", threads: 4, reason });
    assert.equal(planOf({ modelBytes: 16_777_217 }).kind, "pool");
  });

  test("runs a quick model inline and pools a slow one", () => {
    assert.deepEqual(planOf({ measured: { runMicros: 12.4 } }), {
      kind: "inline",
      reason: "a run takes 12 µs, less than 200 µs",
    });
    assert.equal(planOf({ measured: { runMicros: 199.9 } }).kind, "inline");
    assert.deepEqual(planOf({ measured: { runMicros: 200 } }), {
      kind: "pool",
      threads: 4,
      reason: "a run takes 200 µs, inline runs stay below 200 µs",
    });
  });

  test("pools a model that could not be run on made-up inputs", () => {
    const reason = "the run time is unknown: the warm-up failed";
    assert.deepEqual(planOf({ measured: { runMicros: undefined } }), { kind: "pool", threads: 4, reason });
  });
});
