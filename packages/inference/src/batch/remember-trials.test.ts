import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { defaultSessionConf } from "@paddlewheel/core";
import { Findings } from "../cache/findings.js";
import { layoutOf } from "../testing/batching.js";
import { createModelFolder } from "../testing/model-folder.js";
import { variable } from "../testing/tensors.js";
import { rememberTrials, type TrialMemory } from "./remember-trials.js";
import type { BatchTrial } from "./try-batches.js";

const signature = {
  inputs: [variable("x", "float32", ["N", 4])],
  outputs: [variable("y", "float32", ["N", 4])],
};
const options = { signature, layout: layoutOf(signature), maxRows: 32 };
const source = { session: defaultSessionConf, model: undefined };
const trial: BatchTrial = { standsAlone: true, rows: 3, gain: 1.05, failure: undefined };

async function createTrials(t: TestContext) {
  const findings = new Findings(await createModelFolder(t, {}));
  let trials = 0;
  /** A start of its own: the trial it ends with, and how many were made by then. */
  const start = async (
    { maxRows = 32 }: { readonly maxRows?: number } = {},
    memory: Partial<TrialMemory> = {},
  ): Promise<[BatchTrial, number]> => {
    const remembered = rememberTrials({ findings, source, ...memory }, async () => {
      trials++;
      return trial;
    });
    return [await remembered({ ...options, maxRows }), trials];
  };
  return start;
}

describe("rememberTrials", () => {
  test("makes a trial once for a prepared model, each time for one that is not", async (t) => {
    const start = await createTrials(t);
    assert.deepEqual(await start(), [trial, 1]);
    const [known, trials] = await start();
    assert.deepEqual([{ ...trial, ...known }, trials], [trial, 1]);
    assert.equal((await start({}, { findings: undefined }))[1], 2);
  });

  test("makes another one for other batches, another session or other made-up inputs", async (t) => {
    const start = await createTrials(t);
    await start();
    assert.equal((await start({ maxRows: 2 }))[1], 2);
    const session = { ...defaultSessionConf, intraOpNumThreads: 2 };
    assert.equal((await start({}, { source: { ...source, session } }))[1], 3);
    const model = { feedVars: [], fetchVars: [] };
    assert.equal((await start({}, { source: { ...source, model } }))[1], 4);
    assert.equal((await start())[1], 4);
  });
});
