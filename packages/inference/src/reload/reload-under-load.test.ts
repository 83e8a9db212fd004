import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Call, type Placement, type ReloadableType } from "@paddlewheel/core";
import { createInferManager, type LocalInferManager } from "../infer-manager.js";
import { engineConf } from "../testing/engine-conf.js";
import { createModelFolder } from "../testing/model-folder.js";
import { tensor, tensors } from "../testing/tensors.js";
import { biasModel, replaceFile } from "../testing/version-folder.js";

/** Answers are `x + bias`, and every good model gives 0 for the golden input. */
const golden = (bias: number) => JSON.stringify({ feeds: { x: [[-bias]] }, fetches: { y: [[0]] } });

/** What callers of an engine got while its model was replaced. */
class Callers {
  readonly biasOfVersion = new Map<string, number>();
  count = 0;
  #isDone = false;
  readonly #loops: Promise<void>[];

  constructor(manager: LocalInferManager, callers: number) {
    this.#loops = Array.from({ length: callers }, (_, i) => this.#call(manager, i));
  }

  async stop(): Promise<void> {
    this.#isDone = true;
    await Promise.all(this.#loops);
  }

  async #call(manager: LocalInferManager, row: number): Promise<void> {
    while (!this.#isDone) {
      const call = new Call({ service: "s", method: "m" });
      const x = tensor("float32", [2, 1], Float32Array.of(row, row + 1));
      const outputs = await manager.infer("e", tensors({ x }), { call });
      const [first, second] = outputs.get("y")?.data ?? [];
      const bias = Number(first) - row;
      assert.equal(Number(second) - row - 1, bias, "both rows come from one model");
      const version = call.usedVersions ?? "";
      assert.equal(this.biasOfVersion.get(version) ?? bias, bias, `${version} answers as one model`);
      this.biasOfVersion.set(version, bias);
      call.finish();
      this.count++;
    }
  }
}

interface Served {
  readonly modelDir: string;
  readonly manager: LocalInferManager;
  readonly callers: Callers;
}

async function serve(t: TestContext, reloadableType: ReloadableType, placement: Placement): Promise<Served> {
  const files = { "model.onnx": biasModel(1), "golden/one.json": golden(1), tag: "r1" };
  const modelDir = await createModelFolder(t, files);
  const conf = { modelDir, reloadableType, reloadableMeta: join(modelDir, "tag"), placement };
  const engines = [engineConf(conf)];
  const manager = await createInferManager({ engines, defaultThreadNum: 2, reloadIntervalMs: 3_600_000 });
  t.after(() => manager.close());
  return { modelDir, manager, callers: new Callers(manager, 8) };
}

/** Puts a good model where a bad one of each kind has been tried before. */
async function replaceModel({ modelDir, manager }: Served, bias: number): Promise<void> {
  const put = (path: string, content: string | Uint8Array) => replaceFile(join(modelDir, path), content);
  const good = biasModel(bias);
  const attempts = [Buffer.from("broken"), good.subarray(0, good.length >> 1), biasModel(bias + 0.5)];
  const attempt = attempts[bias % attempts.length] ?? good;
  await put("golden/one.json", golden(bias));
  await put("model.onnx", attempt);
  await put("tag", `bad${bias}`);
  const [before] = manager.engines();
  const afterBad = await manager.reload("e");
  assert.equal(afterBad.revision, before?.revision, "a bad model is not served");
  assert.notEqual(afterBad.versions[0]?.failure, undefined);
  await put("model.onnx", good);
  await put("tag", `r${bias}`);
  const afterGood = await manager.reload("e");
  assert.equal(afterGood.versions[0]?.failure, undefined);
  assert.notEqual(afterGood.revision, before?.revision);
}

const ways: readonly [ReloadableType, Placement, number][] = [
  ["timestamp_ne", "inline", 8],
  ["timestamp_gt", "inline", 8],
  ["md5sum", "inline", 8],
  ["revision", "inline", 8],
  ["revision", "pool", 4],
];

for (const [type, placement, replacements] of ways) {
  test(`no request fails or mixes models while ${placement} models are replaced, by ${type}`, async (t) => {
    const served = await serve(t, type, placement);
    for (let bias = 2; bias < 2 + replacements; bias++) {
      const before = served.callers.count;
      await replaceModel(served, bias);
      assert.ok(served.callers.count > before, "requests went on meanwhile");
    }
    // Answers of the last model are awaited too.
    const last = await served.manager.infer(
      "e",
      tensors({ x: tensor("float32", [1, 1], Float32Array.of(0)) }),
    );
    assert.equal(last.get("y")?.data[0], replacements + 1);
    await served.callers.stop();
    const answered = [...served.callers.biasOfVersion];
    assert.ok(
      answered.every(([, bias]) => Number.isInteger(bias)),
      "no bad model has answered",
    );
    assert.ok(answered.length > replacements >> 1);
    if (type === "revision") assert.ok(answered.every(([version, bias]) => version === `e=0@r${bias}`));
  });
}
