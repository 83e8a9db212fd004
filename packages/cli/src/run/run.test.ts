import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, test } from "node:test";
import { ManualClock } from "@paddlewheel/core/testing";
import { defaultLimits } from "@paddlewheel/server";
import type { FlagTable } from "../flags/flag.js";
import { parseFlags } from "../flags/parse-flags.js";
import { recordingStream } from "../testing/recording-terminal.js";
import { limitsOf } from "./limits-of.js";
import { LoadProgressLine } from "./load-progress-line.js";
import { readyLine } from "./ready-line.js";
import { reloadIntervalMs } from "./reload-interval.js";
import { serverFlags } from "./server-flags.js";
import { awaitStop } from "./stop-request.js";
import { startWatchdog } from "./watchdog.js";

describe("the reason to stop", () => {
  test("is the first signal; later ones are heard and change nothing", async () => {
    const events = new EventEmitter();
    const stopped = awaitStop(events, () => {});
    assert.ok(events.emit("SIGINT", "SIGINT"));
    assert.ok(events.emit("SIGTERM", "SIGTERM"));
    assert.deepEqual(await stopped, { kind: "signal", signal: "SIGINT" });
    assert.ok(events.emit("SIGTERM", "SIGTERM"));
  });

  test("is a stray error, and every one of them is told", async () => {
    const events = new EventEmitter();
    const told: unknown[] = [];
    const stopped = awaitStop(events, (error, origin) => told.push([error, origin]));
    events.emit("uncaughtException", "first", "uncaughtException");
    events.emit("uncaughtException", "second", "unhandledRejection");
    assert.deepEqual(await stopped, { kind: "failure", error: "first", origin: "uncaughtException" });
    assert.deepEqual(told, [
      ["first", "uncaughtException"],
      ["second", "unhandledRejection"],
    ]);
  });
});

test("the watchdog kills ten seconds after the drain limit", () => {
  const clock = new ManualClock();
  const kills: number[] = [];
  startWatchdog({ drainTimeoutMs: 30_000, clock, kill: (afterMs) => kills.push(afterMs) });
  clock.advance(39_999);
  assert.deepEqual(kills, []);
  clock.advance(1);
  assert.deepEqual(kills, [40_000]);
});

describe("the progress line", () => {
  const loading = { kind: "loading", engine: "resnet", index: 1, total: 3 } as const;
  const failed = { kind: "failed", engine: "resnet", reason: "too large" } as const;

  test("says which model loads, and goes when it is loaded", () => {
    const stream = recordingStream(true);
    const line = new LoadProgressLine(stream);
    line.show(loading);
    assert.equal(stream.text, "<dim:loading resnet (2 of 3) ...>");
    line.show(failed);
    line.clear();
    assert.equal(stream.text, "<dim:loading resnet (2 of 3) ...>\r\x1b[2K");
  });

  test("is for terminals only", () => {
    const stream = recordingStream(false);
    const line = new LoadProgressLine(stream);
    line.show(loading);
    line.clear();
    assert.equal(stream.text, "");
  });
});

describe("the ready line", () => {
  const service = {
    name: "S",
    merger: "default",
    workflows: ["w1", "w2"],
    workflowMap: undefined,
    isParallel: false,
    webService: undefined,
  };
  const conf = { port: undefined, services: [service], workflows: [], engines: [], opModules: [] };

  test("names services, workflows and engines", () => {
    const line = readyLine({ address: "0.0.0.0", port: 1 }, conf);
    assert.equal(line, "ready on http://0.0.0.0:1 (S: w1, w2; engines: none)");
  });

  test("puts an IPv6 address in brackets", () => {
    assert.match(readyLine({ address: "::1", port: 1 }, conf), /^ready on http:\/\/\[::1\]:1 /);
    assert.match(readyLine({ address: "h", port: 1 }, conf, { scheme: "https" }), /^ready on https:\/\/h:1 /);
  });

  test("says how many processes serve", () => {
    const line = readyLine({ address: "h", port: 1 }, conf, { processes: 3 });
    assert.equal(line, "ready on http://h:1 (S: w1, w2; engines: none; processes: 3)");
  });

  test("names each workflow of a mapped service once", () => {
    const workflows = new Map([
      ["a", ["w1"]],
      ["b", ["w1", "w3"]],
    ]);
    const workflowMap = { requestField: "key", workflows };
    const mapped = { ...conf, services: [{ ...service, workflows: [], workflowMap }] };
    assert.match(readyLine({ address: "h", port: 1 }, mapped), /\(S: w1, w3; /);
  });
});

describe("--reload_interval_s", () => {
  const interval = (...args: string[]) => reloadIntervalMs(parseFlags(serverFlags, args).values);

  test("is in seconds, which may be a fraction", () => {
    const given = [[], ["--reload_interval_s=10"], ["-reload_interval_s", "0.25"]].map((args) =>
      interval(...args),
    );
    assert.deepEqual(given, [undefined, 10_000, 250]);
  });

  test("refuses what is no time to wait", () => {
    for (const text of ["0", "1e9", "soon", "-1", "0.001"]) {
      assert.throws(() => interval(`--reload_interval_s=${text}`), {
        name: "UsageError",
        message: `--reload_interval_s must be a number from 0.01 to 86400, not "${text}"`,
      });
    }
  });
});

describe("the limits", () => {
  const table: FlagTable = { ...serverFlags, max_body_size: { kind: "int", help: "" } };
  const limits = (...args: string[]) => limitsOf(parseFlags(table, args).values, 64);

  test("are those of Paddle Serving unless flags say otherwise", () => {
    assert.deepEqual(limits(), { maxBodySize: 64, keepAliveTimeoutMs: 80_000 });
  });

  test("are what flags say", () => {
    const given = limits("--idle_timeout_s=1", "--max_concurrency=2", "--drain_timeout_ms=3");
    assert.deepEqual(given, {
      maxBodySize: 64,
      keepAliveTimeoutMs: 1000,
      maxConcurrency: 2,
      drainTimeoutMs: 3,
    });
  });

  test("may say how the number of calls is found", () => {
    assert.equal(limits("--max_concurrency=auto").maxConcurrency, "auto");
    assert.equal(limits("--max_concurrency=timeout:250").maxConcurrency, "timeout:250");
    assert.throws(() => limits("--max_concurrency=many"), {
      name: "UsageError",
      message:
        '--max_concurrency must be a whole number from 0 on, "auto", "timeout" or "timeout:MS", not "many"',
    });
  });

  test("have the defaults that help tells", () => {
    assert.equal(serverFlags.drain_timeout_ms?.default, String(defaultLimits.drainTimeoutMs));
    assert.equal(serverFlags.max_connections?.default, String(defaultLimits.maxConnections));
    assert.equal(serverFlags.max_connections_per_ip?.default, String(defaultLimits.maxConnectionsPerIp));
    assert.equal(serverFlags.max_loop_delay_ms?.default, `${defaultLimits.maxLoopDelayMs}, no limit`);
    assert.equal(serverFlags.max_concurrency?.default, `${defaultLimits.maxConcurrency}, no limit`);
  });
});
