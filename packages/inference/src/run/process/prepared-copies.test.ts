import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Isolation } from "@paddlewheel/core";
import { mlpModel } from "@paddlewheel/onnx";
import { createInferManager } from "../../infer-manager.js";
import { engineConf } from "../../testing/engine-conf.js";
import { createModelFolder } from "../../testing/model-folder.js";

const onLinux = { skip: process.platform === "linux" ? false : "looks into /proc" };

test("worker processes map the weights of one prepared model", onLinux, async (t) => {
  const modelDir = await createModelFolder(t, {
    "model.onnx": mlpModel({ layers: [8, 33_000, 4], seed: 1 }),
  });
  const dir = join(await createModelFolder(t, {}), "cache");
  const manager = await createInferManager({
    engines: [engineConf({ modelDir, isolation: Isolation.process, runtimeThreadNum: 2 })],
    modelCache: { dir, minModelBytes: 0 },
  });
  t.after(() => manager.close());
  const [status] = manager.engines();
  assert.deepEqual([status?.isPrepared, status?.placement.kind, status?.pids.length], [true, "process", 2]);
  const mapped = await Promise.all((status?.pids ?? []).map(weightsOf));
  assert.equal(mapped[0]?.startsWith(dir), true);
  assert.equal(mapped[1], mapped[0]);
});

async function weightsOf(pid: number): Promise<string | undefined> {
  return / (\/\S*weights\.bin)$/m.exec(await readFile(`/proc/${pid}/maps`, "utf8"))?.[1];
}
