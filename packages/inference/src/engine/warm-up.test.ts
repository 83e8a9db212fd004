import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ModelConf, TensorMap } from "@paddlewheel/core";
import { ManualClock } from "@paddlewheel/core/testing";
import { takes, tensor, variable, zeros } from "../testing/tensors.js";
import { warmUp, warmUpInputs, warmUpLimits } from "./warm-up.js";

/** A core whose nth run takes the nth time, in milliseconds; the last one repeats. */
function timedCore(clock: ManualClock, times: readonly number[]) {
  const seen: TensorMap[] = [];
  return {
    seen,
    async run(inputs: TensorMap): Promise<TensorMap> {
      clock.advance(times[Math.min(seen.length, times.length - 1)] ?? 0);
      seen.push(inputs);
      return new Map();
    },
  };
}

const inputs = () => new Map([["x", zeros(1)]]);

describe("warmUp", () => {
  test("tells the median run time and leaves the first run out of it", async () => {
    const clock = new ManualClock();
    const core = timedCore(clock, [50, 1, 9, 2, 100]);
    const report = await warmUp(core, inputs, () => clock.now());
    assert.deepEqual(report, { runMicros: 9000, ms: 162, failure: undefined });
  });

  test("runs a quick model a fixed number of times", async () => {
    const clock = new ManualClock();
    const core = timedCore(clock, [0.01]);
    const { runMicros = 0 } = await warmUp(core, inputs, () => clock.now());
    assert.equal(Math.round(runMicros), 10);
    assert.equal(core.seen.length, 1 + warmUpLimits.maxRuns);
  });

  test("runs a slow model twice", async () => {
    const clock = new ManualClock();
    const core = timedCore(clock, [5000]);
    assert.equal((await warmUp(core, inputs, () => clock.now())).runMicros, 5_000_000);
    assert.equal(core.seen.length, 2);
  });

  test("reports the failure of a model that cannot run on made-up inputs", async () => {
    const clock = new ManualClock();
    const core = { run: () => Promise.reject(new Error("Conv: too small")) };
    const report = await warmUp(core, inputs, () => clock.now());
    assert.deepEqual(report, { runMicros: undefined, ms: 0, failure: "Conv: too small" });
  });
});

describe("warmUpInputs", () => {
  test("makes zeros of the declared shape, 1 for free axes", () => {
    const signature = takes(
      variable("x", "float32", ["N", 2]),
      variable("t", "string", [2]),
      variable("s", "int64", []),
      variable("r", "bool", ["..."]),
    );
    assert.deepEqual(
      warmUpInputs(signature),
      new Map([
        ["x", tensor("float32", [1, 2], new Float32Array(2))],
        ["t", tensor("string", [2], ["", ""])],
        ["s", tensor("int64", [], new BigInt64Array(1))],
        ["r", tensor("bool", [1], new Uint8Array(1))],
      ]),
    );
  });

  test("takes free sizes from conf, and one size for axes of one name", () => {
    const signature = takes(variable("x", "float32", ["N", "H", "W"]), variable("m", "float32", ["H"]));
    const common = { aliasName: "", dtype: "float32", isLodTensor: false } as const;
    const model: ModelConf = { feedVars: [{ ...common, name: "x", shape: [32, -1] }], fetchVars: [] };
    const made = warmUpInputs(signature, model);
    assert.deepEqual(made.get("x")?.shape, [1, 32, 1]);
    assert.deepEqual(made.get("m")?.shape, [32]);
  });

  test("refuses to make up an enormous input", () => {
    const signature = takes(variable("x", "uint8", [5000, 5000]));
    assert.throws(
      () => warmUpInputs(signature),
      new Error('input "x" has 25000000 elements, too many to warm up with'),
    );
  });
});
