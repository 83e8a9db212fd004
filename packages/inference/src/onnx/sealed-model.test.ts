import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { type EngineConf, Placement, ReloadableType, Secret } from "@paddlewheel/core";
import { ManualClock, RecordingLogger } from "@paddlewheel/core/testing";
import { GraphBuilder } from "@paddlewheel/onnx";
import { CipherKey } from "../encrypt/cipher-key.js";
import { decryptModelDir, encryptModelDir } from "../encrypt/model-folders.js";
import { keyWaitMs, resolveKey } from "../encrypt/resolve-key.js";
import { createInferManager, type InferManagerOptions, type LocalInferManager } from "../infer-manager.js";
import { engineConf } from "../testing/engine-conf.js";
import { createModelFolder } from "../testing/model-folder.js";
import { tensor, tensors } from "../testing/tensors.js";
import { biasModel } from "../testing/version-folder.js";

/** 32 bytes that no log may show. */
const keyText = "5ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2e7cafe";
const newKey = (text = keyText) => new CipherKey(new Uint8Array(Buffer.from(text, "hex")));

async function createSealed(
  t: TestContext,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<string> {
  const modelDir = await createModelFolder(t, files);
  const outDir = await createModelFolder(t, {});
  await encryptModelDir({ modelDir, outDir, key: newKey() });
  return outDir;
}

async function serve(
  t: TestContext,
  conf: Partial<EngineConf> & Pick<EngineConf, "modelDir">,
  options: Partial<InferManagerOptions> = {},
): Promise<LocalInferManager> {
  const engines = [engineConf({ isEncrypted: true, ...conf })];
  const modelKey = () => new Secret(keyText);
  const manager = await createInferManager({ engines, modelKey, reloadIntervalMs: 3_600_000, ...options });
  t.after(() => manager.close());
  return manager;
}

async function ask(manager: LocalInferManager, x: number): Promise<number> {
  const inputs = tensors({ x: tensor("float32", [1, 1], Float32Array.of(x)) });
  return Number((await manager.infer("e", inputs)).get("y")?.data[0]);
}

/** x + bias, with the bias in a file of its own. */
function externalModel(location: string): Uint8Array {
  const graph = new GraphBuilder();
  const x = graph.input("x", { dtype: "float32", shape: ["N", 1] });
  const bias = graph.externalInitializer("bias", { dtype: "float32", shape: [1], location });
  graph.output(graph.add(x, bias, { output: "y" }), { dtype: "float32", shape: ["N", 1] });
  return graph.build();
}

const biasBytes = (bias: number) => new Uint8Array(Float32Array.of(bias).buffer);

describe("an encrypted model", () => {
  test("is served by processes of its own", async (t) => {
    const modelDir = await createSealed(t, { "model.onnx": biasModel(3) });
    const manager = await serve(t, { modelDir, isolation: "process" }, { defaultThreadNum: 2 });
    assert.equal(await ask(manager, 4), 7);
  });

  for (const placement of [Placement.inline, Placement.pool]) {
    test(`is served (${placement})`, async (t) => {
      const modelDir = await createSealed(t, { "model.onnx": biasModel(3) });
      assert.deepEqual(await readdir(modelDir), ["model.onnx.enc"]);
      const manager = await serve(t, { modelDir, placement }, { defaultThreadNum: 2 });
      assert.equal(await ask(manager, 4), 7);
    });

    test(`may have weights in other files (${placement})`, async (t) => {
      const files = { "model.onnx": externalModel("w/bias.bin"), "w/bias.bin": biasBytes(5) };
      const modelDir = await createSealed(t, files);
      const manager = await serve(t, { modelDir, placement });
      assert.equal(await ask(manager, 1), 6);
    });
  }

  test("is loaded version by version, each behind its golden requests", async (t) => {
    const golden = JSON.stringify({ feeds: { x: [[0]] }, fetches: { y: [[2]] } });
    const files = { "1/model.onnx": biasModel(1), "2/model.onnx": biasModel(2), "2/golden/a.json": golden };
    const modelDir = await createSealed(t, files);
    await rename(join(modelDir, "2"), join(modelDir, "later"));
    const reloadableType = ReloadableType.timestampNe;
    const manager = await serve(t, { modelDir, reloadableType, reloadableMeta: modelDir });
    assert.equal(await ask(manager, 0), 1);
    await rename(join(modelDir, "later"), join(modelDir, "2"));
    assert.equal((await manager.reload("e")).version, "2");
    assert.equal(await ask(manager, 0), 2);
  });

  test("is not prepared: its weights would lie on the disk", async (t) => {
    const modelDir = await createSealed(t, { "model.onnx": biasModel(3) });
    const dir = await createModelFolder(t, {});
    await serve(t, { modelDir }, { modelCache: { dir, minModelBytes: 0 } });
    assert.deepEqual(await readdir(dir), []);
  });

  test("of another key, or damaged, is refused by its file, and no key is told", async (t) => {
    const modelDir = await createSealed(t, { "model.onnx": biasModel(3) });
    const file = join(modelDir, "model.onnx.enc");
    const otherText = keyText.replace("cafe", "beef");
    const wrong = { modelKey: () => new Secret(otherText) };
    const [right, other] = [keyText, otherText].map((text) => Buffer.from(newKey(text).id).toString("hex"));
    for (const placement of [Placement.inline, Placement.pool]) {
      await assert.rejects(serve(t, { modelDir, placement }, wrong), {
        message: `engine "e": ${file}: is encrypted with another key: with ${right} by its id, not with ${other}`,
      });
    }
    const bytes = await readFile(file);
    bytes[80] = (bytes[80] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const message = `engine "e": ${file}: is damaged in frame 1, or was changed`;
    await assert.rejects(serve(t, { modelDir }), { message });
  });

  test("leaves its key in no log line and no status", async (t) => {
    const modelDir = await createSealed(t, { "model.onnx": biasModel(3) });
    const logger = new RecordingLogger();
    const manager = await serve(t, { modelDir }, { logger });
    const shown = JSON.stringify([logger.lines, manager.engines()]);
    assert.ok(!shown.includes("5ec2e7") && !shown.includes(Buffer.from(keyText, "hex").toString("base64")));
  });

  test("reads no file that it does not bring along", async (t) => {
    const modelDir = await createModelFolder(t, {
      "model.onnx": externalModel("bias.bin"),
      "bias.bin": biasBytes(1),
    });
    const sealed = await createModelFolder(t, {});
    await encryptModelDir({ modelDir, outDir: sealed, key: newKey() });
    await mkdir(join(sealed, "away"));
    await rename(join(sealed, "bias.bin.enc"), join(sealed, "away/bias.bin.enc"));
    await writeFile(join(sealed, "bias.bin"), biasBytes(9));
    const file = join(sealed, "model.onnx.enc");
    const message =
      `engine "e": ${file}: external data "bias.bin.enc" of tensor "bias": ` +
      "there is no such file in the model's folder";
    await assert.rejects(serve(t, { modelDir: sealed }), { message });
  });

  test("must be one, and one must be told of", async (t) => {
    const plain = await createModelFolder(t, { "model.onnx": biasModel(1) });
    await assert.rejects(serve(t, { modelDir: plain }), {
      message: `engine "e": ${plain}: model.onnx is not encrypted, and encrypted_model says it is: paddlewheel encrypt`,
    });
    const sealed = await createSealed(t, { "model.onnx": biasModel(1) });
    await assert.rejects(serve(t, { modelDir: sealed, isEncrypted: false }), {
      message:
        `engine "e": ${sealed}: model.onnx.enc is encrypted: write encrypted_model: true for its engine, ` +
        "or paddlewheel decrypt it",
    });
    const paddle = await createModelFolder(t, { encrypt_model: "", encrypt_params: "", key: "" });
    await assert.rejects(serve(t, { modelDir: paddle }), {
      message:
        `engine "e": ${paddle}: encrypt_model was encrypted by Paddle, in a format of its own: convert the model to ONNX ` +
        "before it is encrypted, then paddlewheel encrypt",
    });
    const patch = await createModelFolder(t, { "patch.json": "{}" });
    await assert.rejects(serve(t, { modelDir: patch }), {
      message:
        `engine "e": ${patch} holds a patch, and the model of a patch is written to disk, which encrypted_model rules ` +
        "out: paddlewheel patch, then paddlewheel encrypt",
    });
  });

  test("becomes what it was, with the files beside it", async (t) => {
    const files = {
      "1/model.onnx": externalModel("w.bin"),
      "1/w.bin": biasBytes(1),
      "serving_server_conf.prototxt": "",
    };
    const modelDir = await createModelFolder(t, files);
    const [sealed, back] = [await createModelFolder(t, {}), await createModelFolder(t, {})];
    assert.deepEqual(await encryptModelDir({ modelDir, outDir: sealed, key: newKey() }), {
      changed: ["1/model.onnx", "1/w.bin"],
      copied: ["serving_server_conf.prototxt"],
    });
    await decryptModelDir({ modelDir: sealed, outDir: back, key: newKey() });
    for (const [name, content] of Object.entries(files)) {
      assert.deepEqual(await readFile(join(back, name)), Buffer.from(content));
    }
  });
});

describe("the key of an engine", () => {
  const conf = { name: "e", isEncrypted: true, keyFile: undefined };
  const clock = new ManualClock();

  test("is asked for when there is no file of it, and is none unless the model is encrypted", async () => {
    const source = (engine: string) => new Uint8Array(32).fill(engine.length);
    const key = await resolveKey(conf, { source, clock });
    assert.deepEqual(key?.copy(), new Uint8Array(32).fill(1));
    assert.equal(await resolveKey({ ...conf, isEncrypted: false }, { source, clock }), undefined);
  });

  test("must be somewhere, and a key", async () => {
    await assert.rejects(resolveKey(conf, { source: undefined, clock }), {
      message:
        "encrypted_model is true, and there is no key: name a key_file, set PADDLEWHEEL_MODEL_KEY, or give the server a modelKey",
    });
    const message = "the model key: must be 32 bytes, as 64 hexadecimal digits or as base64";
    await assert.rejects(resolveKey(conf, { source: () => new Secret("canary"), clock }), { message });
  });

  test("is waited for so long", async () => {
    const waiting = resolveKey(conf, { source: () => new Promise(() => {}), clock });
    clock.advance(keyWaitMs);
    await assert.rejects(waiting, { message: `modelKey has given no key within ${keyWaitMs} ms` });
  });
});
