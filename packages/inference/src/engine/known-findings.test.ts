import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { type EngineConf, Isolation, Placement } from "@paddlewheel/core";
import { mlpModel } from "@paddlewheel/onnx";
import { createInferManager } from "../infer-manager.js";
import { engineConf } from "../testing/engine-conf.js";
import { createModelFolder } from "../testing/model-folder.js";

interface Kit {
  /** Loads the prepared model, and says how it is to run. */
  start(conf: Partial<EngineConf>): Promise<{ readonly place: string; readonly batching: string }>;
  /** Changes what earlier starts found, as they would have written it. */
  forge(fields: Readonly<Record<string, number>>): Promise<void>;
}

async function createKit(t: TestContext): Promise<Kit> {
  const modelDir = await createModelFolder(t, {
    "model.onnx": mlpModel({ layers: [8, 33_000, 4], seed: 1 }),
  });
  const dir = join(await createModelFolder(t, {}), "cache");
  return {
    start: async (conf) => {
      const modelCache = { dir, minModelBytes: 0 };
      const manager = await createInferManager({ engines: [engineConf({ modelDir, ...conf })], modelCache });
      const [status] = manager.engines();
      await manager.close();
      assert.equal(status?.isPrepared, true);
      return { place: status.placement.reason, batching: status.batching.reason };
    },
    forge: async (fields) => {
      const [entry = ""] = (await readdir(dir)).filter((name) => name.length === 64);
      const file = join(dir, entry, "findings.json");
      const { answers } = JSON.parse(await readFile(file, "utf8")) as { answers: [string, object][] };
      const forged = answers.map(([question, answer]) => [question, { ...answer, ...fields }]);
      const digest = createHash("sha256").update(JSON.stringify(forged)).digest("hex");
      await writeFile(file, JSON.stringify({ digest, answers: forged }));
    },
  };
}

const places: Record<string, Partial<EngineConf>> = {
  "on the event loop": { placement: Placement.inline },
  "in threads": { runtimeThreadNum: 1 },
  "in processes": { isolation: Isolation.process, runtimeThreadNum: 1 },
};

describe("an engine with a prepared model", () => {
  for (const [where, conf] of Object.entries(places)) {
    test(`tries batches at the first start alone, ${where}`, async (t) => {
      const { start, forge } = await createKit(t);
      await start(conf);
      await forge({ rows: 3, gain: 99 });
      assert.equal((await start(conf)).batching, "3 rows at once are 99.0 times as fast as one by one");
    });
  }

  test("measures a run at the first start alone, where its place depends on that", async (t) => {
    const { start, forge } = await createKit(t);
    await start({});
    await forge({ runMicros: 12_345 });
    const { place } = await start({});
    assert.equal(place, "a run takes 12345 µs, inline runs stay below 200 µs");
  });
});
