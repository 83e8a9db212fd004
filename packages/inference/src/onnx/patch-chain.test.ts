import assert from "node:assert/strict";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ReloadableType } from "@paddlewheel/core";
import { GraphBuilder, patchLimits, readModelContent, writePatch } from "@paddlewheel/onnx";
import { createInferManager, type LocalInferManager } from "../infer-manager.js";
import { engineConf } from "../testing/engine-conf.js";
import { createModelFolder } from "../testing/model-folder.js";
import { tensor, tensors } from "../testing/tensors.js";
import { biasModel, replaceFile } from "../testing/version-folder.js";
import { readFolderContent } from "./patch-chain.js";

/** A model folder whose version 1 answers `x + 1`. */
async function createVersions(t: TestContext): Promise<string> {
  return createModelFolder(t, { "1/model.onnx": biasModel(1) });
}

/** Puts a version into a model folder that is a patch of another one and answers `x + bias`. */
async function addPatch(
  t: TestContext,
  modelDir: string,
  { version, base, bias, golden }: { version: string; base: string; bias: number; golden?: number },
): Promise<string> {
  const whole = await createModelFolder(t, { "model.onnx": biasModel(bias) });
  const from = await readFolderContent(join(modelDir, base));
  const to = await readModelContent(join(whole, "model.onnx"));
  const dir = join(modelDir, version);
  if (golden !== undefined) {
    const text = JSON.stringify({ feeds: { x: [[0]] }, fetches: { y: [[golden]] } });
    await replaceFile(join(dir, "golden/one.json"), text);
  }
  await writePatch({ from, to, baseVersion: base, dir });
  return dir;
}

async function serve(t: TestContext, modelDir: string, cacheDir?: string): Promise<LocalInferManager> {
  const conf = { modelDir, reloadableType: ReloadableType.timestampNe, reloadableMeta: modelDir };
  const modelCache = cacheDir === undefined ? undefined : { dir: cacheDir };
  const manager = await createInferManager({
    engines: [engineConf(conf)],
    reloadIntervalMs: 3_600_000,
    ...(modelCache ? { modelCache } : {}),
  });
  t.after(() => manager.close());
  return manager;
}

async function ask(manager: LocalInferManager): Promise<number> {
  const x = tensor("float32", [1, 1], Float32Array.of(0));
  return Number((await manager.infer("e", tensors({ x }))).get("y")?.data[0]);
}

test("a folder with a patch is a version like any other: it is found, loaded beside the old one, and checked", async (t) => {
  const modelDir = await createVersions(t);
  const manager = await serve(t, modelDir);
  assert.equal(await ask(manager), 1);
  await addPatch(t, modelDir, { version: "2", base: "1", bias: 5, golden: 5 });
  const second = await manager.reload("e");
  assert.equal(second.version, "2");
  assert.equal(await ask(manager), 5);
  await addPatch(t, modelDir, { version: "3", base: "2", bias: 6, golden: 7 });
  const third = await manager.reload("e");
  assert.equal(third.version, "2");
  assert.match(third.versions.find(({ version }) => version === "3")?.failure ?? "", /golden\/one\.json/);
  await addPatch(t, modelDir, { version: "4", base: "2", bias: 8, golden: 8 });
  assert.equal((await manager.reload("e")).version, "4");
  assert.equal(await ask(manager), 8);
});

test("what was put together is removed when its version is given back, or could not be loaded", async (t) => {
  const modelDir = await createVersions(t);
  const cacheDir = await createModelFolder(t, {});
  await addPatch(t, modelDir, { version: "2", base: "1", bias: 5 });
  const manager = await serve(t, modelDir, cacheDir);
  const composed = async () => (await readdir(cacheDir)).filter((name) => name.startsWith("tmp-"));
  assert.equal((await composed()).length, 1);
  await addPatch(t, modelDir, { version: "3", base: "2", bias: 6, golden: 7 });
  await manager.reload("e");
  assert.equal(await ask(manager), 5);
  assert.equal((await composed()).length, 1);
  await manager.close();
  assert.deepEqual(await composed(), []);
});

test("a patch whose model has changed is not loaded, and both revisions are named", async (t) => {
  const modelDir = await createVersions(t);
  const patchDir = await addPatch(t, modelDir, { version: "2", base: "1", bias: 5 });
  const before = (await readFolderContent(join(modelDir, "1"))).revision;
  await writeFile(join(modelDir, "1/model.onnx"), biasModel(3));
  const now = (await readFolderContent(join(modelDir, "1"))).revision;
  await assert.rejects(readFolderContent(patchDir), {
    message: `${patchDir}: is a patch of sha256:${before}, the model is sha256:${now}`,
  });
  const manager = await serve(t, modelDir);
  assert.equal(await ask(manager), 3);
});

test("a model that was replaced with all its files is read again", async (t) => {
  const graph = new GraphBuilder();
  const type = { dtype: "float32", shape: [1] } as const;
  const x = graph.input("x", type);
  const bias = graph.externalInitializer("b", { ...type, location: "b.bin" });
  graph.output(graph.add(x, bias, { output: "y" }), type);
  const modelDir = await createModelFolder(t, {
    "1/model.onnx": graph.build(),
    "1/b.bin": new Uint8Array(4),
  });
  const before = await readFolderContent(join(modelDir, "1"));
  await rm(join(modelDir, "1/b.bin"));
  await writeFile(join(modelDir, "1/model.onnx"), biasModel(1));
  const after = await readFolderContent(join(modelDir, "1"));
  assert.notEqual(after.revision, before.revision);
});

test("patches on patches end somewhere", async (t) => {
  const modelDir = await createVersions(t);
  const count = patchLimits.maxChain + 1;
  for (let version = 2; version <= count; version++) {
    await addPatch(t, modelDir, { version: String(version), base: String(version - 1), bias: version });
  }
  await assert.doesNotReject(readFolderContent(join(modelDir, String(count))));
  const dir = join(modelDir, String(count + 1));
  await mkdir(dir);
  const manifest = { format: 1, base: `sha256:${"0".repeat(64)}`, revision: `sha256:${"0".repeat(64)}` };
  await writeFile(join(dir, "patch.json"), JSON.stringify(manifest));
  await assert.rejects(readFolderContent(dir), {
    message: `${dir}: more than ${patchLimits.maxChain} patches on one model: apply them once, paddlewheel patch`,
  });
});

test("says what a patch lacks", async (t) => {
  const modelDir = await createVersions(t);
  const patchDir = await addPatch(t, modelDir, { version: "3", base: "1", bias: 5 });
  const manifest = { format: 1, base: `sha256:${"0".repeat(64)}`, revision: `sha256:${"0".repeat(64)}` };
  const put = (base_version?: string) =>
    writeFile(join(patchDir, "patch.json"), JSON.stringify({ ...manifest, base_version }));
  await put("2");
  await assert.rejects(readFolderContent(patchDir), {
    message: `${patchDir} is a patch of version 2, and ${modelDir} has 1 below it`,
  });
  await put("3");
  await assert.rejects(readFolderContent(patchDir), {
    message: `${patchDir} is a patch of version 3, and ${modelDir} has 1 below it`,
  });
  await writeFile(join(patchDir, "model.onnx"), biasModel(1));
  await assert.rejects(readFolderContent(patchDir), {
    message: `${patchDir} has a model, model.onnx, and a patch, patch.json: leave one of them`,
  });
});
