import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BatchingMode } from "@paddlewheel/core";
import { layoutOf } from "../testing/batching.js";
import { engineConf } from "../testing/engine-conf.js";
import { variable } from "../testing/tensors.js";
import { planLayout } from "./batch-layout.js";
import { type BatchConf, batchConfOf, planBatching } from "./plan-batching.js";
import type { BatchTrial } from "./try-batches.js";

const signature = {
  inputs: [variable("x", "float32", ["N", "T"])],
  outputs: [variable("y", "float32", ["N", "U"])],
};
const goodTrial: BatchTrial = { standsAlone: true, rows: 8, gain: 2.5, failure: undefined };

function reasonFor(conf: Partial<BatchConf>, trial: Partial<BatchTrial> = {}): string {
  const whole = { ...batchConfOf(engineConf({ modelDir: "" })), ...conf };
  const layout = planLayout(signature);
  const plan = planBatching({ conf: whole, layout, trial: { ...goodTrial, ...trial } });
  return plan.kind === "chosen" ? `${plan.policy.maxRows}: ${plan.reason}` : plan.kind;
}

describe("planBatching", () => {
  const gain = (times: string) => `8 rows at once are ${times} times as fast as one by one`;

  test("merges where it pays, and says how much", () => {
    assert.equal(reasonFor({}), `32: ${gain("2.5")}`);
    assert.equal(reasonFor({}, { gain: 1.1 }), `1: ${gain("1.1")}, too little to wait for`);
    assert.equal(reasonFor({ mode: BatchingMode.on }, { gain: 1.1 }), `32: ${gain("1.1")}`);
  });

  test("does not merge where conf says no, rows mix, or nothing could be tried", () => {
    assert.equal(reasonFor({ mode: BatchingMode.off }), "1: conf says off");
    assert.equal(reasonFor({ maxRows: 1 }), "1: conf says batch_infer_size 1");
    assert.equal(reasonFor({}, { standsAlone: false }), "1: a row's answer depends on the rows beside it");
    assert.equal(reasonFor({}, { failure: "no" }), "1: made-up rows could not be tried: no");
  });

  test("says why padding is not to be had", () => {
    const fault = 'no padding: axis 1 of output "y" is no input\'s, so it could not be cut back';
    assert.equal(reasonFor({ padValue: 0 }), `32: ${gain("2.5")}; ${fault}`);
  });

  test("tries nothing when the model has no rows, and asks for a trial when it has", () => {
    const conf = batchConfOf(engineConf({ modelDir: "" }));
    const fixed = planBatching({ conf, layout: { fault: "no input has a free first axis" } });
    assert.equal(fixed.kind === "chosen" && fixed.reason, "no input has a free first axis");
    const layout = layoutOf(signature);
    assert.deepEqual(planBatching({ conf, layout: { layout } }), { kind: "try", layout });
  });
});
