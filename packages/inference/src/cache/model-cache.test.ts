import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { defaultSessionConf } from "@paddlewheel/core";
import { type LogLine, RecordingLogger, RecordingMetrics } from "@paddlewheel/core/testing";
import { mlpModel } from "@paddlewheel/onnx";
import { OnnxCore } from "../onnx/onnx-core.js";
import { cacheRequest } from "../testing/cache-request.js";
import { createModelFolder } from "../testing/model-folder.js";
import { tensor, tensors } from "../testing/tensors.js";
import { type CacheRequest, ModelCache, type ModelCacheOptions, type PreparedModel } from "./model-cache.js";

function mlp(seed: number): Uint8Array {
  return mlpModel({ layers: [8, 33_000, 4], seed });
}

interface TestCache {
  readonly dir: string;
  readonly metrics: RecordingMetrics;
  readonly logger: RecordingLogger;
  readonly cache: ModelCache;
}

async function createCache(t: TestContext, options: ModelCacheOptions = {}): Promise<TestCache> {
  const dir = join(await createModelFolder(t, {}), "cache");
  const [metrics, logger] = [new RecordingMetrics(), new RecordingLogger()];
  return {
    dir,
    metrics,
    logger,
    cache: new ModelCache({ dir, minModelBytes: 0, metrics, logger, ...options }),
  };
}

/** The cache as another process, or a later one, finds it. */
function reopened({ dir, metrics, logger }: TestCache, options: ModelCacheOptions = {}): ModelCache {
  return new ModelCache({ dir, minModelBytes: 0, metrics, logger, ...options });
}

async function acquired(cache: ModelCache, request: CacheRequest): Promise<PreparedModel> {
  const prepared = await cache.acquire(request);
  assert.ok(prepared);
  return prepared;
}

function lookUps(metrics: RecordingMetrics): number[] {
  return ["hit", "made", "refused"].map((result) =>
    metrics.counted("paddlewheel_model_cache_total", { result }),
  );
}

async function entriesOf(dir: string): Promise<string[]> {
  return (await readdir(dir)).filter((name) => name !== "in-use" && name !== "digests.json");
}

const notPrepared = "the model is not prepared, each copy has its own weights";

function refusal(reason: string): LogLine {
  return { level: "warn", fields: { engine: "e", reason }, message: notPrepared };
}

describe("ModelCache", () => {
  test("prepares a model once; its copies compute what the original does, bit for bit", async (t) => {
    const kit = await createCache(t);
    const request = await cacheRequest(await createModelFolder(t, { "model.onnx": mlp(1) }));
    const prepared = await acquired(kit.cache, request);
    assert.deepEqual((await readdir(prepared.dir)).sort(), ["manifest.json", "model.onnx", "weights.bin"]);
    const again = await acquired(reopened(kit), request);
    assert.equal(again.dir, prepared.dir);
    assert.deepEqual(lookUps(kit.metrics), [1, 1, 0]);

    const [original, copy] = [new OnnxCore(), new OnnxCore({ preparedDir: prepared.dir })];
    assert.deepEqual(await copy.create(request.dataPath), await original.create(request.dataPath));
    assert.equal(copy.warning, undefined);
    const x = tensor(
      "float32",
      [1, 8],
      Float32Array.from({ length: 8 }, (_, i) => Math.sin(i)),
    );
    assert.deepEqual(await copy.run(tensors({ x })), await original.run(tensors({ x })));
    await Promise.all([copy.release(), original.release()]);
  });

  test("keeps one entry for one content, another for other weights or another session", async (t) => {
    const { cache, dir } = await createCache(t);
    const [a, b, other] = await Promise.all(
      [mlp(1), mlp(1), mlp(2)].map((model) => createModelFolder(t, { "m.onnx": model })),
    );
    assert.ok(a && b && other);
    const first = await acquired(cache, await cacheRequest(a));
    assert.equal((await acquired(cache, await cacheRequest(b))).dir, first.dir);
    await acquired(cache, await cacheRequest(other));
    const session = { ...defaultSessionConf, graphOptimizationLevel: "basic" } as const;
    await acquired(cache, await cacheRequest(a, { session }));
    assert.equal((await entriesOf(dir)).length, 3);
  });

  test("leaves alone what is too small to gain", async (t) => {
    const { cache, dir, logger } = await createCache(t, { minModelBytes: 10_000_000 });
    const request = await cacheRequest(await createModelFolder(t, { "model.onnx": mlp(1) }));
    assert.equal(await cache.acquire(request), undefined);
    assert.deepEqual(logger.lines, []);
    await assert.rejects(readdir(dir));
  });

  test("makes a damaged entry again", async (t) => {
    const kit = await createCache(t);
    const request = await cacheRequest(await createModelFolder(t, { "model.onnx": mlp(1) }));
    const { dir: entry } = await acquired(kit.cache, request);
    const [weights, manifest] = [join(entry, "weights.bin"), join(entry, "manifest.json")];
    const whole = await readFile(weights);
    const damages = [
      () => truncate(weights, 100),
      () =>
        writeFile(
          weights,
          whole.map((byte, i) => (i === 50 ? byte ^ 1 : byte)),
        ),
      () => rm(weights),
      () => rm(manifest),
      () => writeFile(manifest, '{"files": [{"name": "../model.onnx", "bytes": 1, "digest": ""}]}'),
      () => writeFile(manifest, "{}"),
    ];
    for (const damage of damages) {
      await damage();
      await acquired(reopened(kit), request);
      assert.deepEqual(await readFile(weights), whole);
      assert.deepEqual(kit.logger.lines.splice(0), [
        { level: "warn", fields: { entry }, message: "a prepared model was damaged and is made again" },
      ]);
    }
    assert.deepEqual(await entriesOf(kit.dir), [entry.slice(kit.dir.length + 1)]);
  });

  test("gives processes that make the same entry at once the same whole one", async (t) => {
    const { dir, cache } = await createCache(t);
    const modelDir = await createModelFolder(t, { "model.onnx": mlp(1) });
    const child = fileURLToPath(new URL("../testing/acquire-in-child.js", import.meta.url));
    const run = () => promisify(execFile)(process.execPath, [child, dir, modelDir]);
    const answers = (await Promise.all([run(), run()])).map(({ stdout }) => JSON.parse(stdout) as unknown);
    const { dir: entry } = await acquired(cache, await cacheRequest(modelDir));
    assert.deepEqual(answers, [
      { dir: entry, lines: [] },
      { dir: entry, lines: [] },
    ]);
    assert.equal((await entriesOf(dir)).length, 1);
  });

  test("removes the least recently used entry that nobody has open", async (t) => {
    const kit = await createCache(t);
    const requests: CacheRequest[] = [];
    for (const seed of [1, 2, 3, 4]) {
      requests.push(await cacheRequest(await createModelFolder(t, { "model.onnx": mlp(seed) })));
    }
    const [first, second, third, fourth] = requests;
    assert.ok(first && second && third && fourth);
    const oldest = await acquired(kit.cache, first);
    const [middle, newest] = [await acquired(kit.cache, second), await acquired(kit.cache, third)];
    await Promise.all([middle.release(), newest.release(), newest.release()]);
    for (const [i, { dir }] of [oldest, middle, newest].entries()) {
      await utimes(join(dir, "manifest.json"), i + 1, i + 1);
    }
    const { size } = await readFile(join(oldest.dir, "manifest.json"), "utf8").then((text) => ({
      size: (JSON.parse(text) as { files: { bytes: number }[] }).files.reduce(
        (sum, { bytes }) => sum + bytes,
        0,
      ),
    }));
    const made = await acquired(reopened(kit, { maxBytes: 3.5 * size }), fourth);
    const left = [oldest, newest, made].map(({ dir }) => dir.slice(kit.dir.length + 1));
    assert.deepEqual(new Set(await entriesOf(kit.dir)), new Set(left));
  });

  test("refuses a model larger than the whole cache", async (t) => {
    const { cache, logger, metrics } = await createCache(t, { maxBytes: 1000 });
    const request = await cacheRequest(await createModelFolder(t, { "model.onnx": mlp(1) }));
    assert.equal(await cache.acquire(request), undefined);
    assert.deepEqual(logger.lines, [
      refusal(`it takes ${request.bytes} bytes, more than the 1000 of the whole cache`),
    ]);
    assert.equal(metrics.counted("limit_exceeded_total", { limit: "model_cache_size" }), 1);
  });

  test("makes an entry again that was damaged and has the times it had", async (t) => {
    const kit = await createCache(t);
    const request = await cacheRequest(await createModelFolder(t, { "model.onnx": mlp(1) }));
    const entry = (await acquired(kit.cache, request)).dir;
    const weights = join(entry, "weights.bin");
    const whole = await readFile(weights);
    const { atime, mtime } = await stat(weights);
    await writeFile(weights, new Uint8Array(whole.length));
    await utimes(weights, atime, mtime);
    await acquired(reopened(kit), request);
    assert.deepEqual(await readFile(weights), whole);
  });

  test("goes without when preparing ends its process or takes too long", async (t) => {
    const kit = await createCache(t, { prepareMs: 600_000 });
    const module = new URL("../testing/failing-preparation.js", import.meta.url).href;
    const modelDir = await createModelFolder(t, { "model.onnx": mlp(1) });
    const request = { ...(await cacheRequest(modelDir)), module };
    assert.equal(await kit.cache.acquire({ ...request, dataPath: "crash" }), undefined);
    assert.deepEqual(kit.logger.lines.splice(0), [
      {
        level: "warn",
        fields: { output: "crashing" },
        message: "the process that prepares a model printed this",
      },
      refusal("the process that prepares it ended with SIGSEGV"),
    ]);
    assert.equal(await reopened(kit, { prepareMs: 1 }).acquire({ ...request, dataPath: "hang" }), undefined);
    assert.deepEqual(kit.logger.lines, [refusal("to prepare it takes longer than 1 ms")]);
    assert.equal(kit.metrics.counted("limit_exceeded_total", { limit: "model_cache_prepare_ms" }), 1);
    assert.deepEqual(await entriesOf(kit.dir), []);
  });

  test("uses no folder that others can write", async (t) => {
    const { cache, dir, logger } = await createCache(t);
    const request = await cacheRequest(await createModelFolder(t, { "model.onnx": mlp(1) }));
    await mkdir(dir);
    await chmod(dir, 0o770);
    assert.equal(await cache.acquire(request), undefined);
    assert.deepEqual(logger.lines, [refusal(`${dir} can be written by others: chmod 700 ${dir}`)]);
  });

  test("goes without when a model cannot be prepared, and leaves nothing behind", async (t) => {
    const { cache, dir, logger } = await createCache(t);
    const modelDir = await createModelFolder(t, { "model.onnx": mlp(1) });
    const request = await cacheRequest(modelDir);
    await writeFile(request.dataPath, "no model");
    assert.equal(await cache.acquire(request), undefined);
    assert.equal(logger.lines.length, 1);
    assert.match(String(logger.lines[0]?.fields.reason), /^\/.*model\.onnx: /);
    assert.deepEqual(await entriesOf(dir), []);
    assert.deepEqual(await readdir(join(dir, "in-use")), []);
  });

  test("sweeps up after processes that ended while they prepared", async (t) => {
    const { cache, dir } = await createCache(t);
    const request = await cacheRequest(await createModelFolder(t, { "model.onnx": mlp(1) }));
    // No process has a number beyond the largest a kernel gives.
    const [stale, fresh, own] = ["tmp-4194305-old", "tmp-4194305-new", `tmp-${process.pid}-old`];
    for (const name of [stale, fresh, own]) await mkdir(join(dir, name), { recursive: true, mode: 0o700 });
    await chmod(dir, 0o700);
    for (const name of [stale, own]) await utimes(join(dir, name), 1, 1);
    await acquired(cache, request);
    const left = (await entriesOf(dir)).filter((name) => name.startsWith("tmp-"));
    assert.deepEqual(new Set(left), new Set([fresh, own]));
  });
});
