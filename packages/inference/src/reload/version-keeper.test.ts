import assert from "node:assert/strict";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { Call, Code, type EngineConf, ServeError } from "@paddlewheel/core";
import { RecordingLogger, RecordingMetrics } from "@paddlewheel/core/testing";
import { createInferManager } from "../infer-manager.js";
import { engineConf } from "../testing/engine-conf.js";
import { createModelFolder } from "../testing/model-folder.js";
import { tensor, tensors } from "../testing/tensors.js";
import { addVersion, biasModel, replaceFile } from "../testing/version-folder.js";

type Conf = Partial<EngineConf>;

/** An engine `e` in a folder with these versions, each with ten times its number as bias; looks come by hand. */
async function serveVersions(t: TestContext, versions: readonly number[], conf: Conf = {}) {
  const modelDir = await createModelFolder(t, {});
  for (const version of versions) await addVersion(modelDir, version, version * 10);
  return serve(t, modelDir, conf);
}

async function serve(t: TestContext, modelDir: string, conf: Conf = {}) {
  const logger = new RecordingLogger();
  const metrics = new RecordingMetrics();
  const reloading = { reloadableType: "timestamp_ne", reloadableMeta: join(modelDir, "tag") } as const;
  const engine = engineConf({ modelDir, placement: "inline", ...reloading, ...conf });
  const manager = await createInferManager({
    engines: [engine],
    logger,
    metrics,
    reloadIntervalMs: 3_600_000,
    defaultThreadNum: 1,
  });
  t.after(() => manager.close());
  const ask = async (version?: string) => {
    const call = new Call({ service: "s", method: "m", modelVersion: version });
    const x = tensor("float32", [1, 1], Float32Array.of(0));
    const outputs = await manager.infer("e", tensors({ x }), { call });
    return { bias: outputs.get("y")?.data[0], ran: call.usedVersions };
  };
  return { modelDir, manager, logger, metrics, ask, reload: () => manager.reload("e") };
}

const versionsOf = (versions: Partial<EngineConf["versions"]>): Conf => ({
  versions: {
    policy: { kind: "latest", count: 1 },
    labels: {},
    defaultVersion: undefined,
    file: undefined,
    ...versions,
  },
});

describe("an engine with versions", () => {
  test("serves the highest, and a new one as soon as it is whole", async (t) => {
    const { modelDir, ask, reload } = await serveVersions(t, [1, 2]);
    assert.deepEqual(await ask(), { bias: 20, ran: "e=2" });
    await addVersion(modelDir, 10, 100);
    const { version, versions } = await reload();
    assert.equal(version, "10");
    assert.deepEqual(await ask(), { bias: 100, ran: "e=10" });
    assert.deepEqual(
      versions.map((one) => [one.version, one.phase]),
      [["10", "ready"]],
    );
  });

  test("gives a request the version it asks for, and says what there is", async (t) => {
    const labels = { stable: "1" };
    const { ask } = await serveVersions(
      t,
      [1, 2, 3],
      versionsOf({ policy: { kind: "latest", count: 2 }, labels }),
    );
    assert.deepEqual(await ask("2"), { bias: 20, ran: "e=2" });
    assert.deepEqual(await ask("stable"), { bias: 10, ran: "e=1" });
    assert.deepEqual(await ask("e=stable, 9"), { bias: 10, ran: "e=1" });
    assert.deepEqual(await ask("other=9"), { bias: 30, ran: "e=3" });
    await assert.rejects(
      ask("9"),
      new ServeError(Code.notFound, 'engine "e" has no version "9"; it has "3", "2", "1", "stable"'),
    );
  });

  test("lets the default version stay while a canary is tried", async (t) => {
    const conf = versionsOf({ labels: { stable: "1", canary: "2" }, defaultVersion: "stable" });
    const { ask, manager } = await serveVersions(t, [1, 2], conf);
    assert.deepEqual(await ask(), { bias: 10, ran: "e=1" });
    assert.deepEqual(await ask("canary"), { bias: 20, ran: "e=2" });
    assert.equal(manager.engine("e", { version: "canary" }).version, "2");
    manager.setLabel("e", "stable", "2");
    assert.deepEqual(await ask(), { bias: 20, ran: "e=2" });
    assert.throws(() => manager.setLabel("e", "stable", "7"), { message: /^engine "e" has no version "7"/ });
  });

  test("follows its version file, and keeps the last good one", async (t) => {
    const modelDir = await createModelFolder(t, { serve: "1 stable=2" });
    for (const version of [1, 2, 3]) await addVersion(modelDir, version, version * 10);
    const file = join(modelDir, "serve");
    const { ask, reload, logger } = await serve(t, modelDir, versionsOf({ file }));
    assert.deepEqual(await ask("stable"), { bias: 20, ran: "e=2" });
    await assert.rejects(ask("3"), /has no version "3"/);
    await replaceFile(file, "stable=3");
    await reload();
    assert.deepEqual(await ask("stable"), { bias: 30, ran: "e=3" });
    await assert.rejects(ask("1"), /has no version "1"/);
    await replaceFile(file, "three");
    await reload();
    assert.deepEqual(await ask(), { bias: 30, ran: "e=3" });
    assert.equal(
      logger.lines.at(-1)?.fields.reason,
      `version_file ${file}: "three" is no version; expected 3, or stable=3`,
    );
  });

  test("takes the next lower version at a start when the highest is broken", async (t) => {
    const modelDir = await createModelFolder(t, { "2/model.onnx": "broken" });
    await addVersion(modelDir, 1, 10);
    const { ask, manager } = await serve(t, modelDir);
    assert.deepEqual(await ask(), { bias: 10, ran: "e=1" });
    assert.deepEqual(
      manager.engines()[0]?.versions.map(({ version, phase }) => [version, phase]),
      [
        ["1", "ready"],
        ["2", "failed"],
      ],
    );
  });

  test("says of each version why none can be served", async (t) => {
    const modelDir = await createModelFolder(t, { "1/model.onnx": "", "2/x": "" });
    await assert.rejects(serve(t, modelDir), (thrown: ServeError) => {
      const message = thrown.message.replaceAll(modelDir, "DIR");
      assert.match(
        message,
        /^engine "e": version 2: DIR\/2 has no model: .*; version 1: DIR\/1\/model.onnx: /,
      );
      return true;
    });
  });

  test("keeps what is served when its folder vanishes, and says so once", async (t) => {
    const { modelDir, ask, reload, logger } = await serveVersions(t, [1]);
    await rename(modelDir, `${modelDir}-away`);
    await reload();
    await reload();
    assert.deepEqual(await ask(), { bias: 10, ran: "e=1" });
    const complaints = logger.lines.filter(
      ({ message }) => message === "the versions of a model cannot be read",
    );
    assert.equal(complaints.length, 1);
    assert.match(
      String(complaints[0]?.fields.reason),
      /cannot be listed: .*; the models that are loaded stay$/,
    );
    await rename(`${modelDir}-away`, modelDir);
    await addVersion(modelDir, 2, 20);
    await reload();
    assert.deepEqual(await ask(), { bias: 20, ran: "e=2" });
    await rm(join(modelDir, "2"), { recursive: true });
  });

  test("with the type none is only looked at for an operator", async (t) => {
    const none = { reloadableType: "none", reloadableMeta: undefined, reloadIntervalMs: 10 } as const;
    const { modelDir, ask, reload, metrics } = await serveVersions(t, [1], none);
    await addVersion(modelDir, 2, 20);
    assert.deepEqual(await ask(), { bias: 10, ran: "e=1" });
    await reload();
    assert.deepEqual(await ask(), { bias: 20, ran: "e=2" });
    assert.equal(metrics.counted("paddlewheel_engine_reloads_total", { outcome: "loaded" }), 2);
  });

  test("waits for the done file", async (t) => {
    const { modelDir, ask, reload } = await serveVersions(t, [1], { doneFile: undefined });
    assert.deepEqual(await ask(), { bias: 10, ran: "e=1" });
    await writeFile(join(modelDir, "1", "DONE"), "");
    const marked = await serve(t, modelDir, { doneFile: "DONE" });
    await addVersion(modelDir, 2, 20);
    await marked.reload();
    assert.deepEqual(await marked.ask(), { bias: 10, ran: "e=1" });
    await writeFile(join(modelDir, "2", "DONE"), "");
    await marked.reload();
    assert.deepEqual(await marked.ask(), { bias: 20, ran: "e=2" });
    await reload();
    assert.deepEqual(await ask(), { bias: 20, ran: "e=2" });
  });
});

describe("a model that is replaced", () => {
  async function servePlain(
    t: TestContext,
    conf: Conf = {},
    files: Record<string, string | Uint8Array> = {},
  ) {
    const modelDir = await createModelFolder(t, { "model.onnx": biasModel(1), tag: "one", ...files });
    const served = await serve(t, modelDir, conf);
    const put = (path: string, content: string | Uint8Array) => replaceFile(join(modelDir, path), content);
    return { ...served, put };
  }

  for (const reloadableType of ["timestamp_ne", "timestamp_gt", "md5sum", "revision"] as const) {
    test(`is loaded again when its tag announces it, by ${reloadableType}`, async (t) => {
      const { ask, put, reload, metrics } = await servePlain(t, { reloadableType });
      const first = await ask();
      await put("model.onnx", biasModel(2));
      await reload();
      assert.deepEqual(await ask(), first);
      await put("tag", "two");
      await reload();
      const second = await ask();
      assert.equal(second.bias, 2);
      assert.notEqual(second.ran, first.ran);
      assert.match(second.ran ?? "", reloadableType === "revision" ? /^e=0@two$/ : /^e=0@[0-9a-f]{8}$/);
      assert.equal(metrics.counted("paddlewheel_engine_reloads_total", { outcome: "loaded" }), 2);
    });
  }

  test("by md5sum is loaded again for its own content where there is no tag", async (t) => {
    const { ask, put, reload } = await servePlain(t, {
      reloadableType: "md5sum",
      reloadableMeta: "/none/such",
    });
    await put("model.onnx", biasModel(2));
    await reload();
    assert.equal((await ask()).bias, 2);
  });

  test("is never loaded again with the type none, and answers tell no version", async (t) => {
    const { ask, put, reload } = await servePlain(t, { reloadableType: "none", reloadableMeta: undefined });
    await put("model.onnx", biasModel(2));
    await reload();
    assert.deepEqual(await ask(), { bias: 1, ran: undefined });
  });

  test("stays when the new one is broken, says why once, and is replaced when that is mended", async (t) => {
    const { ask, put, reload, logger, metrics, manager } = await servePlain(t);
    const first = await ask();
    await put("model.onnx", "broken");
    await put("tag", "two");
    await reload();
    await reload();
    assert.deepEqual(await ask(), first);
    const complaints = logger.lines.filter(({ message }) => message === "a version cannot be loaded");
    assert.equal(complaints.length, 1);
    assert.match(manager.engines()[0]?.versions[0]?.failure ?? "", /model\.onnx: /);
    assert.ok(metrics.counted("paddlewheel_engine_reloads_total", { outcome: "failed" }) >= 1);
    await put("model.onnx", biasModel(3));
    await reload();
    assert.equal((await ask()).bias, 3);
    assert.equal(manager.engines()[0]?.versions[0]?.failure, undefined);
  });

  test("is not replaced by one that misses its golden answers", async (t) => {
    const golden = JSON.stringify({ feeds: { x: [[1]] }, fetches: { y: [[2]] } });
    const { ask, put, reload, manager } = await servePlain(t, {}, { "golden/one.json": golden });
    await put("model.onnx", biasModel(5));
    await put("tag", "two");
    await reload();
    assert.equal((await ask()).bias, 1);
    assert.equal(
      manager.engines()[0]?.versions[0]?.failure,
      'golden/one.json: fetch "y": element [0, 0] is 6, wanted 2 (within 0.00001 + 0.0001 of it)',
    );
  });

  test("does not serve at all when the first one misses them, or cannot run its warm-up requests", async (t) => {
    const golden = JSON.stringify({ feeds: { x: [[1]] }, fetches: { y: [[7]] } });
    await assert.rejects(
      servePlain(t, {}, { "golden/one.json": golden }),
      /^ServeError: engine "e": golden\/one\.json: fetch "y": element \[0, 0\] is 2, wanted 7/,
    );
    const warmUp = JSON.stringify({ feeds: { x: [[1, 2]] } });
    await assert.rejects(servePlain(t, {}, { "warmup/a.json": warmUp }), /warmup\/a\.json: tensor "x": /);
    await assert.rejects(
      servePlain(t, {}, { "golden/a.json": JSON.stringify({ feeds: { x: [[1]] } }) }),
      /golden\/a\.json: fetches: must name an output/,
    );
    await assert.rejects(servePlain(t, {}, { "golden/a.json": "{" }), /golden\/a\.json: /);
  });
});
