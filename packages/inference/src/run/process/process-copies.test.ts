import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, readlink } from "node:fs/promises";
import { createServer } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Clock, Code, ServeError, systemClock, type TensorMap } from "@paddlewheel/core";
import { ManualClock } from "@paddlewheel/core/testing";
import { batchConfOf } from "../../batch/plan-batching.js";
import { AwaitableLogger } from "../../testing/awaitable-logger.js";
import { engineConf } from "../../testing/engine-conf.js";
import { Act } from "../../testing/scripted-core.js";
import { acting, createScriptedModel } from "../../testing/scripted-model.js";
import { WorkerPool } from "../worker-pool.js";

interface PoolSettings {
  readonly threads?: number;
  readonly maxRunMs?: number;
  /** Default: one that the test advances. */
  readonly time?: Clock;
}

async function createTestPool(t: TestContext, { threads = 1, maxRunMs = 0, time }: PoolSettings = {}) {
  const model = await createScriptedModel(t);
  const clock = new ManualClock();
  const logger = new AwaitableLogger();
  const seen: string[] = [];
  const observer = {
    waited: () => {},
    ran: () => {},
    refused: () => {},
    split: () => {},
    retried: () => {},
    workerEnded: (reason: string) => seen.push(reason),
    workerRestarted: () => seen.push("restart"),
    rerun: () => seen.push("rerun"),
    quarantined: () => seen.push("quarantined"),
  };
  const batch = { ...batchConfOf(engineConf({ modelDir: "" })), maxRows: 1 };
  const limits = { maxQueueSize: 10, maxQueueWaitMs: 0 };
  const workers = { threads, isolation: "process", maxRunMs } as const;
  const { source } = model;
  const create = async () => {
    const pool = await WorkerPool.create({
      ...{ engine: "e", source, ...workers, batch, limits, clock: time ?? clock, logger, observer },
    });
    t.after(() => pool.close());
    return pool;
  };
  return { ...model, clock, logger, seen, create };
}

function processOf(outputs: TensorMap): unknown {
  return outputs.get("thread")?.data[0];
}

/** Whether a process of this id is there and has not ended. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => " Z ");
  return !stat.includes(" Z ");
}

const onLinux = { skip: process.platform === "linux" ? false : "looks into /proc" };
const replaced = "a worker process was replaced";

describe("ProcessCopies", () => {
  test("runs in as many processes as it has, none of them this one, and ends them when it closes", async (t) => {
    const { create } = await createTestPool(t, { threads: 2 });
    const pool = await create();
    const { pids } = pool;
    assert.deepEqual([pool.copies, new Set([...pids, process.pid]).size], [2, 3]);
    const outputs = await Promise.all([1, 2, 3].map((x) => pool.run(acting(Act.echo, x, 0.5))));
    assert.deepEqual(
      outputs.map((output) => output.get("y")),
      [1, 2, 3].map((x) => ({ dtype: "float32", shape: [2], data: Float32Array.of(x, 0.5) })),
    );
    assert.deepEqual(new Set(outputs.map(processOf)), new Set(pids));
    await pool.close();
    assert.deepEqual(await Promise.all(pids.map(isAlive)), [false, false]);
  });

  test(
    "gives its processes an empty folder, few variables and no socket of this process",
    onLinux,
    async (t) => {
      process.env.PADDLEWHEEL_TEST_SECRET = "secret";
      const listener = createServer().listen(0, "127.0.0.1");
      t.after(() => {
        delete process.env.PADDLEWHEEL_TEST_SECRET;
        listener.close();
      });
      const { create } = await createTestPool(t);
      const pool = await create();
      const [pid] = pool.pids;
      assert.deepEqual(await readdir(`/proc/${pid}/cwd`), []);
      const environment = await readFile(`/proc/${pid}/environ`, "utf8");
      assert.equal(environment.includes("SECRET"), false);
      const own = await socketsOf(process.pid);
      const ofWorker = await socketsOf(pid);
      assert.deepEqual(
        ofWorker.filter((socket) => own.includes(socket)),
        [],
      );
      const folder = await readlink(`/proc/${pid}/cwd`);
      await pool.close();
      await assert.rejects(readdir(folder), { code: "ENOENT" });
    },
  );

  for (const threads of [1, 2]) {
    test(`does a run again whose process is killed (${threads}), and replaces the process`, async (t) => {
      const { create, logger, seen } = await createTestPool(t, { threads });
      const pool = await create();
      const { pids } = pool;
      const isReplaced = logger.next(replaced);
      const outputs = await pool.run(acting(Act.killOnce, 7));
      assert.deepEqual(outputs.get("y")?.data, Float32Array.of(7));
      await isReplaced;
      assert.deepEqual(new Set(seen), new Set(["rerun", "restart", "signal"]));
      assert.deepEqual(
        [pool.copies, pids.filter((pid) => pool.pids.includes(pid)).length],
        [threads, threads - 1],
      );
      assert.equal(logger.lines[0]?.message, "a worker process was killed by SIGKILL");
    });
  }

  const ends = [
    { act: Act.kill, text: "was killed by SIGKILL" },
    { act: Act.abort, text: "was killed by SIGABRT" },
    { act: Act.exit, text: "exited with code 3" },
  ];
  for (const { act, text } of ends) {
    test(`gives up a run that ended two processes: each ${text}`, async (t) => {
      const { create, clock, seen } = await createTestPool(t, { threads: 2 });
      const pool = await create();
      const message = `engine "e": the worker process ${text}, the second one that this run ended; it is not tried again`;
      await assert.rejects(pool.run(acting(act)), new ServeError(Code.opFailure, message));
      assert.equal(seen.filter((what) => what === "rerun").length, 1);
      const refused =
        'engine "e": runs with these inputs ended 2 worker processes; they are refused for another 600 s';
      await assert.rejects(pool.run(acting(act)), new ServeError(Code.invalidArgument, refused));
      assert.ok(seen.includes("quarantined"));
      const next = await pool.run(acting(Act.echo, 1));
      assert.deepEqual(next.get("y")?.data, Float32Array.of(1));
      assert.equal(clock.timerCount, 0);
    });
  }

  test("reports a run the model failed, and goes on in the same process", async (t) => {
    const { create, seen } = await createTestPool(t);
    const pool = await create();
    const message = 'engine "e": the model failed: the script says fail';
    await assert.rejects(pool.run(acting(Act.fail)), new ServeError(Code.opFailure, message));
    assert.equal(processOf(await pool.run(acting(Act.echo))), pool.pids[0]);
    assert.deepEqual(seen, []);
  });

  test("kills the process of a run that hangs, tells its caller, and goes on with another", async (t) => {
    const { create, clock, logger, seen } = await createTestPool(t, { maxRunMs: 500 });
    const pool = await create();
    const [pid = 0] = pool.pids;
    const printed = logger.next("a worker process printed this");
    const hanging = pool.run(acting(Act.hang));
    const waiting = pool.run(acting(Act.echo, 3));
    await printed;
    clock.advance(499);
    assert.deepEqual(pool.pids, [pid]);
    clock.advance(1);
    const message =
      'engine "e": the worker process was killed: its run took longer than 500 ms, the limit of max_run_ms';
    await assert.rejects(hanging, new ServeError(Code.deadlineExceeded, message));
    assert.notEqual(processOf(await waiting), pid);
    assert.deepEqual(seen, ["max_run_ms", "restart"]);
  });

  test("leaves no process behind when this one is killed, whatever they do", onLinux, async (t) => {
    const { source } = await createScriptedModel(t);
    const program = fileURLToPath(new URL("../../testing/hang-in-child.js", import.meta.url));
    const parent = spawn(process.execPath, [program, source.dataPath], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [text] = await once(parent.stdout, "data");
    const pids: number[] = JSON.parse(String(text));
    assert.deepEqual(await Promise.all(pids.map(isAlive)), [true, true]);
    const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`)));
    parent.kill("SIGKILL");
    await once(parent, "close");
    for (const pid of pids) while (await isAlive(pid)) await new Promise(setImmediate);
    for (const folder of folders) await assert.rejects(readdir(folder), { code: "ENOENT" });
  });

  test("does not start when a copy cannot be loaded, and says why", async (t) => {
    const { create, onLoad } = await createTestPool(t, { threads: 2 });
    await onLoad("fail");
    await assert.rejects(create(), new Error("the script says fail"));
    await onLoad("exit");
    await assert.rejects(
      create(),
      new Error("the worker process exited with code 3 while it loaded the model"),
    );
  });

  test("keeps callers waiting for one failed load, then fails at once until a copy is loaded", async (t) => {
    const { create, clock, logger, onLoad } = await createTestPool(t);
    const pool = await create();
    await onLoad("fail");
    let failed = logger.next("a worker process has no model");
    const fatal = pool.run(acting(Act.killOnce, 1));
    const waiting = pool.run(acting(Act.echo));
    await failed;
    failed = logger.next("a worker process has no model");
    clock.advance(100);
    const broken = new ServeError(
      Code.unavailable,
      'engine "e": no worker process has the model; it is loaded again',
    );
    await Promise.all([failed, assert.rejects(fatal, broken), assert.rejects(waiting, broken)]);
    await assert.rejects(pool.run(acting(Act.echo)), broken);
    await onLoad("succeed");
    const isReplaced = logger.next(replaced);
    clock.advance(200);
    await isReplaced;
    await pool.run(acting(Act.echo));
  });

  test("loses no run while its processes are killed again and again", async (t) => {
    const { create, logger, seen } = await createTestPool(t, { threads: 2, time: systemClock });
    const pool = await create();
    let isOver = false;
    let runs = 0;
    const client = async (x: number) => {
      for (; !isOver; runs++) {
        const outputs = await pool.run(acting(Act.echo, x));
        assert.deepEqual(outputs.get("y")?.data, Float32Array.of(x));
      }
    };
    const clients = Promise.all([1, 2, 3, 4].map(client));
    for (let kills = 0; kills < 6; kills++) {
      const isReplaced = logger.next(replaced);
      process.kill(pool.pids[0] ?? 0, "SIGKILL");
      await isReplaced;
    }
    isOver = true;
    await clients;
    assert.ok(runs > 0);
    assert.equal(seen.filter((what) => what === "restart").length, 6);
  });
});

async function socketsOf(pid: number | undefined): Promise<readonly string[]> {
  const folder = `/proc/${pid}/fd`;
  const targets = await Promise.all(
    (await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => "")),
  );
  return targets.filter((target) => target.startsWith("socket:"));
}
