import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock, RecordingLogger } from "@paddlewheel/core/testing";
import type { MetricFamily } from "../observe/metric-family.js";
import { Supervisor } from "./supervisor.js";
import { type FakeWorker, FakeWorkers } from "./testing/fake-workers.js";

interface Scene {
  readonly supervisor: Supervisor;
  readonly workers: FakeWorkers;
  readonly clock: ManualClock;
  readonly logger: RecordingLogger;
  readonly said: string[];
}

function createScene(count = 2, stuckAfterMs = 5000): Scene {
  const [workers, clock, logger] = [new FakeWorkers(), new ManualClock(), new RecordingLogger()];
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const { spawn } = workers;
  const supervisor = new Supervisor({ count, spawn, clock, logger, say, stuckAfterMs, drainTimeoutMs: 1000 });
  return { supervisor, workers, clock, logger, said };
}

/** Two processes that serve, with pids 1 and 2. */
async function createServing(stuckAfterMs?: number): Promise<Scene> {
  const scene = createScene(2, stuckAfterMs);
  const started = scene.supervisor.start();
  await scene.workers.at(1).becomeReady();
  await scene.workers.at(2).becomeReady();
  assert.deepEqual(await started, { kind: "ready", line: "ready: 1" });
  return scene;
}

const killed = { signal: "SIGKILL" } as const;

/** What `asker` is told of all processes when `answering` tell how many calls they counted. */
async function gather(
  asker: FakeWorker,
  answering: ReadonlyMap<FakeWorker, number>,
): Promise<Map<string, number>> {
  asker.say({ kind: "gather", id: 7 });
  for (const [worker, calls] of answering) worker.say({ kind: "report", families: [callsFamily(calls)] });
  const told = asker.sent.findLast((message) => message.kind === "gathered");
  assert.ok(told?.kind === "gathered" && told.id === 7);
  return valuesOf(told.families);
}

function valuesOf(families: readonly MetricFamily[]): Map<string, number> {
  return new Map(
    families.flatMap(({ name, rows }) =>
      rows.map(({ labels, value }) => [[name, ...Object.values(labels)].join(" "), value] as const),
    ),
  );
}

function callsFamily(value: number): MetricFamily {
  const rows = [{ labels: {}, value }];
  return { name: "calls_total", help: "Calls.", type: "counter", acrossProcesses: "sum", rows };
}

describe("the start", () => {
  test("is that of the first process alone, then of the others, which open their ports last", async () => {
    const { workers, supervisor } = createScene(3);
    const started = supervisor.start();
    assert.deepEqual(
      workers.all.map(({ place }) => place),
      [{ number: 1, count: 3, opensLast: false }],
    );
    await workers.at(1).becomeReady();
    assert.deepEqual(
      workers.all.map(({ place: { number, opensLast } }) => [number, opensLast]),
      [
        [1, false],
        [2, true],
        [3, true],
      ],
    );
    await workers.at(2).becomeReady();
    await workers.at(3).becomeReady();
    assert.equal((await started).kind, "ready");
  });

  test("fails with the first process, and starts no other", async () => {
    const { workers, supervisor, clock } = createScene();
    const started = supervisor.start();
    await workers.at(1).end({ code: 2 });
    assert.deepEqual(await started, { kind: "ended", process: 1, end: { code: 2 } });
    clock.advance(60_000);
    assert.equal(workers.all.length, 1);
  });

  test("ends the first process when another does not get ready", async () => {
    const { workers, supervisor } = createScene();
    const started = supervisor.start();
    await workers.at(1).becomeReady();
    await workers.at(2).end({ code: 1 });
    assert.deepEqual(workers.at(1).signals, ["SIGTERM"]);
    await workers.at(1).end({ code: 0 });
    assert.deepEqual(await started, { kind: "ended", process: 2, end: { code: 1 } });
  });
});

describe("a process that dies", () => {
  test("is replaced after 100 ms, then after twice as long each time", async () => {
    const { workers, clock } = await createServing();
    await workers.at(2).end(killed);
    clock.advance(99);
    assert.equal(workers.all.length, 2);
    clock.advance(1);
    assert.deepEqual(workers.at(3).place, { number: 2, count: 2, opensLast: true });
    await workers.at(3).end(killed);
    clock.advance(199);
    assert.equal(workers.all.length, 3);
    clock.advance(1);
    assert.equal(workers.all.length, 4);
  });

  test("after a minute of service is replaced as if it were the first time", async () => {
    const { workers, clock } = await createServing(0);
    await workers.at(2).end(killed);
    clock.advance(100);
    await workers.at(3).becomeReady();
    clock.advance(60_000);
    await workers.at(3).end(killed);
    clock.advance(100);
    assert.equal(workers.all.length, 4);
  });

  test("again and again is told to who started the command", async () => {
    const { workers, clock, said, logger } = await createServing();
    for (const [pid, delayMs] of [
      [2, 100],
      [3, 200],
      [4, 400],
    ] as const) {
      await workers.at(pid).end({ code: 1 });
      clock.advance(delayMs);
    }
    assert.deepEqual(said, [
      "process 2 ended 3 times in a row, the last time with exit code 1; it is started again in 400 ms",
    ]);
    const lines = logger.lines.filter(({ message }) => message === "process ended");
    assert.deepEqual(
      lines.map(({ fields: { process, pid, deaths, delayMs } }) => [process, pid, deaths, delayMs]),
      [
        [2, 2, 1, 100],
        [2, 3, 2, 200],
        [2, 4, 3, 400],
      ],
    );
    assert.deepEqual(workers.at(1).signals, []);
  });

  test("for it could not be started is replaced like any other", async () => {
    const { workers, clock, logger } = await createServing();
    await workers.at(2).end({ error: new Error("spawn EAGAIN") });
    assert.equal(logger.lines.at(-1)?.fields.end, "spawn EAGAIN");
    clock.advance(100);
    assert.equal(workers.all.length, 3);
  });
});

describe("a process that stands still", () => {
  test("is killed after so many looks without a sign of life, and replaced", async () => {
    const { workers, clock } = await createServing();
    for (let second = 1; second <= 5; second++) {
      clock.advance(1000);
      workers.at(1).say({ kind: "alive" });
    }
    assert.deepEqual(workers.at(2).signals, []);
    clock.advance(1000);
    assert.deepEqual([workers.at(1).signals, workers.at(2).signals], [[], ["SIGKILL"]]);
    await workers.at(2).end(killed);
    clock.advance(100);
    const values = await gather(workers.at(1), new Map([[workers.at(1), 0]]));
    assert.equal(values.get("paddlewheel_process_restarts_total stuck"), 1);
  });

  test("is left alone where nobody wants it killed", async () => {
    const { workers, clock } = await createServing(0);
    clock.advance(3_600_000);
    assert.deepEqual(workers.at(2).signals, []);
  });

  test("is left alone while it starts: loading a model takes what it takes", async () => {
    const { workers, clock, supervisor } = createScene();
    void supervisor.start();
    clock.advance(3_600_000);
    assert.deepEqual(workers.at(1).signals, []);
  });
});

describe("a reload", () => {
  test("starts the new process before the old one ends, one place after the other", async () => {
    const { workers, supervisor } = await createServing();
    const reloaded = supervisor.reload();
    assert.equal(workers.at(3).place.number, 1);
    assert.deepEqual(workers.at(1).signals, []);
    await workers.at(3).becomeReady();
    assert.deepEqual(workers.at(1).signals, ["SIGTERM"]);
    assert.equal(workers.all.length, 3);
    await workers.at(1).end({ code: 0 });
    assert.equal(workers.at(4).place.number, 2);
    await workers.at(4).becomeReady();
    await workers.at(2).end({ code: 0 });
    await reloaded;
    assert.equal(workers.all.length, 4);
  });

  test("that fails keeps the old processes, and says why", async () => {
    const { workers, supervisor, said } = await createServing();
    const reloaded = supervisor.reload();
    await workers.at(3).end({ code: 1 });
    await reloaded;
    assert.deepEqual([workers.at(1).signals, workers.at(2).signals, workers.all.length], [[], [], 3]);
    assert.deepEqual(said, [
      "not reloaded: the new process 1 ended with exit code 1 before it was ready; the old one stays",
    ]);
  });

  test("wanted during a reload follows it, once", async () => {
    const { workers, supervisor } = await createServing();
    const reloaded = supervisor.reload();
    void supervisor.reload();
    void supervisor.reload();
    await workers.at(3).end({ code: 1 });
    await workers.at(4).end({ code: 1 });
    await reloaded;
    assert.equal(workers.all.length, 4);
  });

  test("replaces at once a process that died when its new one failed", async () => {
    const { workers, clock, supervisor } = await createServing();
    const reloaded = supervisor.reload();
    await workers.at(1).end(killed);
    clock.advance(1000);
    assert.equal(workers.all.length, 3);
    await workers.at(3).end({ code: 1 });
    await reloaded;
    assert.equal(workers.at(4).place.number, 1);
  });
});

describe("the stop", () => {
  test("ends all processes in order", async () => {
    const { workers, supervisor } = await createServing();
    const stopped = supervisor.stop();
    assert.deepEqual([workers.at(1).signals, workers.at(2).signals], [["SIGTERM"], ["SIGTERM"]]);
    await workers.at(1).end({ code: 0 });
    await workers.at(2).end({ code: 0 });
    assert.equal(await stopped, true);
  });

  test("kills what does not end", async () => {
    const { workers, clock, supervisor } = await createServing();
    const stopped = supervisor.stop();
    await workers.at(1).end({ code: 0 });
    clock.advance(15_999);
    assert.deepEqual(workers.at(2).signals, ["SIGTERM"]);
    clock.advance(1);
    assert.deepEqual(workers.at(2).signals, ["SIGTERM", "SIGKILL"]);
    await workers.at(2).end(killed);
    assert.equal(await stopped, false);
  });

  test("during a reload ends the new process, too, and starts no other", async () => {
    const { workers, supervisor } = await createServing();
    const reloaded = supervisor.reload();
    const stopped = supervisor.stop();
    for (const worker of workers.all) assert.deepEqual(worker.signals, ["SIGTERM"]);
    for (const worker of workers.all) await worker.end({ code: 0 });
    await reloaded;
    assert.equal(await stopped, true);
    assert.equal(workers.all.length, 3);
  });
});

describe("the numbers of all processes", () => {
  test("add up, beside the supervisor's own", async () => {
    const { workers } = await createServing();
    const [one, other] = [workers.at(1), workers.at(2)];
    const values = await gather(
      one,
      new Map([
        [one, 3],
        [other, 4],
      ]),
    );
    assert.equal(values.get("calls_total"), 7);
    assert.equal(values.get("paddlewheel_processes ready"), 2);
    assert.equal(values.get("paddlewheel_processes_wanted"), 2);
    assert.equal(values.get("paddlewheel_processes_silent"), 0);
  });

  test("have the last ones of a process that does not answer within a second", async () => {
    const { workers, clock } = await createServing(0);
    const [one, other] = [workers.at(1), workers.at(2)];
    await gather(
      one,
      new Map([
        [one, 3],
        [other, 4],
      ]),
    );
    one.sent.length = 0;
    one.say({ kind: "gather", id: 8 });
    one.say({ kind: "report", families: [callsFamily(5)] });
    assert.equal(
      one.sent.some(({ kind }) => kind === "gathered"),
      false,
    );
    clock.advance(1000);
    const told = one.sent.find((message) => message.kind === "gathered");
    const values = valuesOf(told?.kind === "gathered" ? told.families : []);
    assert.equal(values.get("calls_total"), 9);
    assert.equal(values.get("paddlewheel_processes_silent"), 1);
  });

  test("do not go back when a process ends", async () => {
    const { workers, clock } = await createServing();
    const [one, other] = [workers.at(1), workers.at(2)];
    await gather(
      one,
      new Map([
        [one, 3],
        [other, 4],
      ]),
    );
    other.say({ kind: "report", families: [callsFamily(6)] });
    await other.end({ code: 0 });
    clock.advance(100);
    await workers.at(3).becomeReady();
    const values = await gather(
      one,
      new Map([
        [one, 3],
        [workers.at(3), 1],
      ]),
    );
    assert.equal(values.get("calls_total"), 10);
    assert.equal(values.get("paddlewheel_process_restarts_total died"), 1);
  });

  test("are asked for once for all who want them", async () => {
    const { workers } = await createServing();
    const [one, other] = [workers.at(1), workers.at(2)];
    for (const id of [1, 2, 3]) other.say({ kind: "gather", id });
    assert.deepEqual(one.sent, [{ kind: "report" }]);
    for (const worker of [one, other]) worker.say({ kind: "report", families: [callsFamily(1)] });
    assert.deepEqual(
      other.sent.flatMap((message) => (message.kind === "gathered" ? [message.id] : [])),
      [1, 2, 3],
    );
  });
});
