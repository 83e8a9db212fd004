import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { RecordingMetrics } from "@paddlewheel/core/testing";
import { createInferManager } from "../infer-manager.js";
import { engineConf } from "../testing/engine-conf.js";
import { createModelFolder } from "../testing/model-folder.js";
import { tensor, tensors } from "../testing/tensors.js";
import { addVersion, replaceFile } from "../testing/version-folder.js";

/** The size that the engine's conf says, and that of the server. */
interface Sizes {
  readonly ofEngine?: number;
  readonly ofServer?: number;
}

/** An engine that answers `x` and ten times its version; looks for new models come by hand. */
async function serve(t: TestContext, { ofEngine, ofServer = 0 }: Sizes, files: Record<string, string> = {}) {
  const modelDir = await createModelFolder(t, {});
  await addVersion(modelDir, 1, 10);
  for (const [file, text] of Object.entries(files)) await replaceFile(join(modelDir, file), text);
  const metrics = new RecordingMetrics();
  const reloadable = { reloadableType: "timestamp_ne", reloadableMeta: join(modelDir, "tag") } as const;
  const manager = await createInferManager({
    engines: [engineConf({ modelDir, placement: "inline", ...reloadable, requestCacheSize: ofEngine })],
    metrics,
    reloadIntervalMs: 3_600_000,
    requestCacheSize: ofServer,
  });
  t.after(() => manager.close());
  const ask = async (x: number) => {
    const inputs = tensors({ x: tensor("float32", [1, 1], Float32Array.of(x)) });
    return (await manager.infer("e", inputs)).get("y")?.data[0];
  };
  const runs = () => metrics.counted("pd_inference_count_total");
  const entries = () => metrics.gaugeValue("paddlewheel_request_cache_entries", { model: "e" });
  return { modelDir, manager, metrics, ask, runs, entries };
}

describe("the request cache of an engine", () => {
  test("is off unless the server or the engine has a size for it", async (t) => {
    const size = 100_000;
    const sizes: Sizes[] = [{}, { ofServer: size, ofEngine: 0 }, { ofServer: size }, { ofEngine: size }];
    const ran = sizes.map(async (one) => {
      const { ask, runs, entries } = await serve(t, one);
      assert.deepEqual([await ask(1), await ask(1), await ask(2)], [11, 11, 12]);
      return [runs(), entries()];
    });
    assert.deepEqual(await Promise.all(ran), [
      [3, undefined],
      [3, undefined],
      [2, 2],
      [2, 2],
    ]);
  });

  test("is of each version, and empty when the version is gone or replaced", async (t) => {
    const { modelDir, manager, ask, runs, entries } = await serve(t, { ofServer: 100_000 });
    assert.deepEqual([await ask(1), await ask(2), entries()], [11, 12, 2]);
    await addVersion(modelDir, 2, 20);
    await manager.reload("e");
    assert.deepEqual([entries(), await ask(1), await ask(1), entries(), runs()], [0, 21, 21, 1, 3]);
    await rm(join(modelDir, "2"), { recursive: true });
    await addVersion(modelDir, 2, 30);
    await replaceFile(join(modelDir, "tag"), "");
    await manager.reload("e");
    assert.deepEqual([entries(), await ask(1), entries()], [0, 31, 1]);
    await manager.close();
    assert.equal(entries(), 0);
  });

  test("is not asked by the requests that warm up and verify a model", async (t) => {
    const request = { feeds: { x: [[1]] } };
    const golden = JSON.stringify({ ...request, fetches: { y: [[11]] } });
    const warmUp = JSON.stringify(request);
    const files = { "1/warmup/a.json": warmUp, "1/warmup/b.json": warmUp, "1/golden/a.json": golden };
    const { runs, entries } = await serve(t, { ofServer: 100_000 }, files);
    assert.deepEqual([runs(), entries()], [3, 0]);
  });
});
