import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { ManualClock, RecordingMetrics } from "@paddlewheel/core/testing";
import fc from "fast-check";
import { type HostScript, ScriptedHosts } from "../testing/scripted-hosts.js";
import { answered, unanswered, unsent } from "../transport/attempt-failure.js";
import type { FailureStage } from "../transport/host-transport.js";
import { type CallEngine, createCallEngine } from "./call-engine.js";
import type { CallEngineOptions } from "./call-options.js";
import type { CallOutcome, CallRequest, RunningCall } from "./call-request.js";
import { measureCalls } from "./measure-calls.js";

const good = (afterMs: number): HostScript => ({
  afterMs,
  outcome: { answer: { message: Buffer.from("pong"), headers: new Map() } },
});
const error = (code: Code, message = "no"): ServeError => new ServeError(code, message);
const refused = (afterMs = 0): HostScript => ({
  afterMs,
  outcome: unsent(error(Code.unavailable, "refused")),
});
const lost = (afterMs = 0): HostScript => ({ afterMs, outcome: unanswered(error(Code.unavailable, "lost")) });
const failed = (code: Code, afterMs = 0): HostScript => ({ afterMs, outcome: answered(error(code), true) });

const noFailure = { error: undefined, stage: undefined };

const stageOf = (script: HostScript): FailureStage | undefined =>
  script !== "silent" && "error" in script.outcome ? script.outcome.stage : undefined;

interface Scene {
  readonly clock: ManualClock;
  readonly hosts: ScriptedHosts;
  readonly engine: CallEngine;
  readonly metrics: RecordingMetrics;
  start(given?: Partial<CallRequest>): StartedCall;
}

interface StartedCall {
  readonly running: RunningCall;
  outcome: CallOutcome | undefined;
}

interface SceneOptions extends Omit<Partial<CallEngineOptions>, "cluster" | "connect"> {
  readonly addresses?: readonly string[];
  readonly script: (address: string, index: number) => HostScript;
}

function scene({ addresses = ["a:1", "b:1", "c:1"], script, ...options }: SceneOptions): Scene {
  const clock = new ManualClock();
  const hosts = new ScriptedHosts(clock, addresses, script);
  const metrics = new RecordingMetrics();
  const engine = createCallEngine({
    cluster: hosts,
    connect: hosts.connect,
    clock,
    random: () => 0.5,
    observer: measureCalls(metrics),
    ...options,
  });
  const start = (given: Partial<CallRequest> = {}): StartedCall => {
    const message = Buffer.from("ping");
    const request = { service: "test.Echo", method: "echo", message, timeoutMs: 1000, ...given };
    const call: StartedCall = {
      running: engine.start(request, (outcome) => {
        assert.equal(call.outcome, undefined, "a call must end once");
        call.outcome = outcome;
      }),
      outcome: undefined,
    };
    return call;
  };
  return { clock, hosts, engine, metrics, start };
}

function errorOf({ outcome }: StartedCall): ServeError {
  assert.ok(outcome && "error" in outcome, "it must have failed");
  return outcome.error;
}

function answererOf({ outcome }: StartedCall): string {
  assert.ok(outcome && "answer" in outcome, "it must have been answered");
  return outcome.answer.host;
}

describe("a call", () => {
  test("goes to one host with all its time, and brings the answer and who gave it", () => {
    const { clock, hosts, start, metrics } = scene({ script: () => good(20) });
    const call = start({ logId: 7n, requestId: "r" });
    assert.equal(clock.timerCount, 1, "only that of the transport");
    clock.advance(20);
    assert.equal(answererOf(call), "a:1");
    const [attempt] = hosts.attempts;
    assert.deepEqual(
      [attempt?.call.timeoutMs, attempt?.call.logId, attempt?.call.requestId],
      [1000, 7n, "r"],
    );
    assert.deepEqual(hosts.outcomes, [
      { address: "a:1", outcome: { latencyMs: 20, ...noFailure, isAbandoned: false, isOutrun: false } },
    ]);
    assert.equal(metrics.counted("paddlewheel_client_calls_total", { code: "ok" }), 1);
    assert.equal(metrics.counted("paddlewheel_client_attempts_total", { kind: "first", code: "ok" }), 1);
    assert.deepEqual(metrics.observations("paddlewheel_client_call_seconds"), [0.02]);
  });

  test("fails with the server's error, and names endpoint, variant, host and attempts in the details", () => {
    const script = (): HostScript => failed(Code.opFailure);
    const { clock, start, metrics } = scene({ script, endpoint: "uci", variant: "v1" });
    const call = start();
    clock.advance(0);
    const { code, message, details } = errorOf(call);
    assert.deepEqual([code, message], [Code.opFailure, "no"]);
    assert.deepEqual(details, { endpoint: "uci", variant: "v1", host: "a:1", attempts: "a:1 opFailure: no" });
    assert.equal(metrics.counted("paddlewheel_client_calls_total", { code: "opFailure" }), 1);
  });

  test("asks another host at once when one was not reached, and lists what each said", () => {
    const script = (address: string): HostScript => (address === "c:1" ? failed(Code.internal) : refused());
    const { clock, hosts, start } = scene({ script });
    const call = start();
    clock.advance(0);
    assert.deepEqual(
      hosts.attempts.map(({ address, at }) => `${address}@${at}`),
      ["a:1@0", "b:1@0", "c:1@0"],
    );
    assert.equal(
      errorOf(call).details.attempts,
      "a:1 unavailable: refused; b:1 unavailable: refused; c:1 internal: no",
    );
  });

  test("waits longer from retry to retry, and gives each attempt the time that is left", () => {
    const { clock, hosts, start } = scene({ addresses: ["a:1"], script: () => lost() });
    const call = start();
    clock.advance(1000);
    assert.deepEqual(
      hosts.attempts.map(({ at, call: { timeoutMs } }) => [at, timeoutMs]),
      [
        [0, 1000],
        [50, 950],
        [150, 850],
      ],
    );
    assert.equal(errorOf(call).message, "lost");
  });

  test("does not wait for a retry past its deadline", () => {
    const { clock, hosts, start } = scene({ script: () => lost() });
    const call = start({ timeoutMs: 50 });
    clock.advance(0);
    assert.equal(errorOf(call).code, Code.unavailable);
    assert.equal(hosts.attempts.length, 1);
    assert.equal(clock.timerCount, 0);
  });

  test("is not repeated after its deadline, nor when it may run only once", () => {
    const { clock, hosts, start } = scene({ script: (_, index) => (index === 0 ? "silent" : lost()) });
    const late = start({ timeoutMs: 100 });
    clock.advance(100);
    assert.equal(errorOf(late).code, Code.deadlineExceeded);
    const once = start({ isIdempotent: false });
    clock.advance(0);
    assert.equal(errorOf(once).message, "lost");
    assert.equal(hosts.attempts.length, 2);
  });

  test("says what its host said when there is none left to ask", () => {
    const { clock, hosts, start } = scene({ addresses: ["a:1"], script: () => refused() });
    const call = start();
    clock.advance(0);
    hosts.setHosts([]);
    clock.advance(100);
    assert.equal(errorOf(call).message, "refused");
    assert.deepEqual(hosts.closed, ["a:1"]);
  });

  test("waits for a host when none is well, as long as for retries", async () => {
    const { clock, hosts, start } = scene({ script: () => good(1) });
    hosts.isDown = true;
    const [lucky, unlucky, single] = [start(), start({ timeoutMs: 149 }), start({ timeoutMs: 40 })];
    await Promise.resolve();
    clock.advance(50);
    assert.equal(hosts.attempts.length, 0);
    clock.advance(50);
    hosts.isDown = false;
    clock.advance(51);
    assert.equal(answererOf(lucky), "a:1");
    hosts.isDown = true;
    const late = start();
    clock.advance(200);
    for (const call of [unlucky, single, late]) assert.equal(errorOf(call).message, "no server is well");
  });

  test("that may not be repeated does not wait for a host either", async () => {
    const { clock, hosts, start } = scene({ script: () => good(1), retry: { maxRetries: 0 } });
    hosts.isDown = true;
    const call = start();
    await Promise.resolve();
    assert.equal(errorOf(call).message, "no server is well");
    assert.equal(clock.timerCount, 0);
  });

  test("fails when there is no host, though not within its start", async () => {
    const { start } = scene({ addresses: [], script: () => good(0) });
    const call = start();
    assert.equal(call.outcome, undefined);
    await Promise.resolve();
    assert.equal(errorOf(call).message, "there is no server");
  });

  test("carries its headers and the trace it belongs to, as a span of its own", () => {
    const { hosts, start } = scene({ script: () => good(0) });
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const traceContext = { traceId, parentSpanId: "b7ad6b7169203331", isSampled: true, state: "k=v" };
    start({ headers: new Map([["x-a", "1"]]), traceContext });
    const headers = hosts.attempts[0]?.call.headers;
    assert.match(headers?.get("traceparent") ?? "", new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    assert.ok(!headers?.get("traceparent")?.includes("b7ad6b7169203331"));
    assert.deepEqual([headers?.get("tracestate"), headers?.get("x-a")], ["k=v", "1"]);
  });
});

describe("a call that is given up", () => {
  test("abandons its attempt by its signal", () => {
    const { hosts, start, clock } = scene({ script: () => "silent" });
    const controller = new AbortController();
    const call = start({ signal: controller.signal });
    controller.abort();
    assert.equal(errorOf(call).message, "the caller cancelled the call");
    assert.deepEqual(hosts.outcomes, [
      { address: "a:1", outcome: { latencyMs: 0, ...noFailure, isAbandoned: true, isOutrun: false } },
    ]);
    call.running.cancel();
    assert.equal(clock.timerCount, 0);
  });

  test("is not started when its signal was aborted before", async () => {
    const { hosts, start } = scene({ script: () => good(0) });
    const call = start({ signal: AbortSignal.abort() });
    await Promise.resolve();
    assert.equal(errorOf(call).code, Code.cancelled);
    assert.equal(hosts.attempts.length, 0);
  });

  test("makes no attempt after its backoff", () => {
    const { clock, hosts, start } = scene({ script: () => lost() });
    const call = start();
    clock.advance(10);
    call.running.cancel();
    assert.equal(errorOf(call).code, Code.cancelled);
    clock.advance(1000);
    assert.equal(hosts.attempts.length, 1);
    assert.equal(clock.timerCount, 0);
  });

  test("ends when the engine is closed, under way or waiting", async () => {
    const { clock, engine, hosts, start } = scene({
      script: (_, index) => (index === 0 ? "silent" : lost()),
    });
    const calls = [start(), start()];
    clock.advance(10);
    engine.close();
    engine.close();
    const after = start();
    await Promise.resolve();
    for (const call of [...calls, after]) assert.equal(errorOf(call).message, "the client was closed");
    assert.deepEqual([hosts.openLeases, hosts.listenerCount, clock.timerCount], [0, 0, 0]);
  });
});

describe("a hedged call", () => {
  const hedge = { after: 100, budgetShare: 1 };

  test("asks another host when the first is slow; the first good answer wins and the other is abandoned", () => {
    const script = (_: string, index: number): HostScript => (index === 0 ? "silent" : good(30));
    const { clock, hosts, start, metrics } = scene({ script, hedge });
    const call = start();
    clock.advance(130);
    assert.equal(answererOf(call), "b:1");
    assert.deepEqual(
      hosts.attempts.map(({ at, state, call: { timeoutMs } }) => [at, state, timeoutMs]),
      [
        [0, "abandoned", 1000],
        [100, "ended", 900],
      ],
    );
    assert.equal(metrics.counted("paddlewheel_client_attempts_total", { kind: "hedge", code: "ok" }), 1);
    assert.equal(metrics.counted("paddlewheel_client_attempts_total", { code: "abandoned" }), 1);
    clock.advance(1000);
    assert.equal(clock.timerCount, 0);
  });

  test("tells the cluster of a host that a later attempt outran, not of a hedge that came too late", () => {
    const script = (address: string, index: number): HostScript =>
      address === "a:1" ? good(150) : good(index === 1 ? 10 : 100);
    const { clock, hosts, start } = scene({ script, hedge, addresses: ["a:1", "b:1"] });
    start();
    clock.advance(110);
    assert.deepEqual(
      hosts.outcomes.map(({ address, outcome }) => [address, outcome.isOutrun]),
      [
        ["b:1", false],
        ["a:1", true],
      ],
    );
    hosts.outcomes.length = 0;
    hosts.setHosts(["b:1", "a:1"]);
    start();
    start();
    clock.advance(500);
    assert.ok(hosts.outcomes.some(({ outcome }) => outcome.isAbandoned));
    assert.ok(hosts.outcomes.every(({ outcome }) => !outcome.isOutrun));
  });

  test("is hedged no later because a host is silent", () => {
    const script = (address: string, index: number): HostScript =>
      address === "a:1" && index >= 128 ? "silent" : good(20);
    const { clock, hosts, start } = scene({ script, hedge: { after: "p95", budgetShare: 1 } });
    for (let i = 0; i < 400; i++) {
      start();
      clock.advance(100);
    }
    const last = hosts.attempts.findLastIndex(({ address }) => address === "a:1");
    const [first, second] = hosts.attempts.slice(last);
    assert.ok(first && second);
    assert.equal(second.at - first.at, 20);
  });

  test("waits for the other attempt when one fails", () => {
    const script = (_: string, index: number): HostScript => (index === 0 ? good(150) : refused(10));
    const { clock, start } = scene({ script, hedge });
    const call = start();
    clock.advance(150);
    assert.equal(answererOf(call), "a:1");
  });

  test("is not hedged when it is large, when it may run only once, or when there is nobody else", () => {
    const { clock, hosts, start } = scene({ script: () => "silent", hedge });
    start({ message: Buffer.alloc(1024 * 1024 + 1) });
    start({ isIdempotent: false });
    clock.advance(500);
    hosts.setHosts(["a:1"]);
    start();
    clock.advance(500);
    assert.equal(hosts.attempts.length, 3);
  });

  test("is hedged as often as the budget allows, and counts when it is not", () => {
    const script = (address: string): HostScript => (address === "a:1" ? "silent" : good(1));
    const { clock, hosts, metrics, start } = scene({
      script,
      hedge: { after: 10 },
      addresses: ["a:1", "b:1"],
    });
    for (let i = 0; i < 400; i++) {
      start();
      clock.advance(50);
    }
    const hedges = hosts.attempts.length - 400;
    assert.ok(hedges <= 20 && hedges >= 18, `${hedges} hedges`);
    assert.ok(metrics.counted("limit_exceeded_total", { limit: "client_hedge_budget" }) > 100);
  });

  test("that has no budget is hedged later, when other calls have earned it", () => {
    const script = (address: string, index: number): HostScript =>
      address === "a:1" && index === 0 ? "silent" : good(1);
    const { clock, hosts, metrics, start } = scene({ script, hedge: { after: 10 } });
    const call = start();
    clock.advance(10);
    assert.equal(hosts.attempts.length, 1);
    for (let i = 0; i < 19; i++) start();
    clock.advance(19);
    assert.equal(call.outcome, undefined);
    clock.advance(2);
    assert.ok(call.outcome && "answer" in call.outcome);
    assert.equal(metrics.counted("limit_exceeded_total", { limit: "client_hedge_budget" }), 1);
    clock.advance(1000);
    assert.equal(clock.timerCount, 0);
  });

  test("is hedged after the 95th percentile of the last calls, once that is known", () => {
    const script = (_: string, index: number): HostScript => (index < 128 ? good(20) : "silent");
    const { clock, hosts, start } = scene({ script, hedge: { after: "p95", budgetShare: 1 } });
    for (let i = 0; i < 128; i++) {
      start();
      clock.advance(20);
    }
    start();
    clock.advance(19);
    assert.equal(hosts.attempts.length, 129);
    clock.advance(1);
    assert.equal(hosts.attempts.length, 130);
  });
});

describe("a call engine", () => {
  test("retries no more than its budget, and counts what it does not retry", () => {
    const { clock, hosts, metrics, start } = scene({ script: () => lost() });
    for (let i = 0; i < 1000; i++) start();
    clock.advance(1000);
    const retries = hosts.attempts.length - 1000;
    assert.ok(retries >= 100 && retries <= 103 + 3, `${retries} retries`);
    assert.ok(metrics.counted("limit_exceeded_total", { limit: "client_retry_budget" }) > 800);
  });

  test("retries calls that a broken connection ended when there is budget again, and says once that there was none", () => {
    let isBroken = true;
    const { clock, hosts, metrics, start } = scene({ script: () => (isBroken ? lost() : good(1)) });
    const calls = Array.from({ length: 40 }, () => start({ timeoutMs: 5000 }));
    clock.advance(0);
    isBroken = false;
    for (let i = 0; i < 2000; i++) {
      if (i % 2 === 0) start();
      clock.advance(1);
    }
    for (const call of calls) assert.equal(answererOf(call).length, 3);
    assert.equal(hosts.attempts.length, 40 + 1000 + 40);
    assert.equal(metrics.counted("limit_exceeded_total", { limit: "client_retry_budget" }), 34);
  });

  test("fails when there is no budget for as long as a retry would wait at most", () => {
    const script = (): HostScript => lost();
    const { clock, start } = scene({ script, retry: { budgetShare: 0, minPerSecond: 0 } });
    const call = start({ timeoutMs: 60_000 });
    clock.advance(50 + 100 + 200 + 400 + 800 + 1600 - 1);
    assert.equal(call.outcome, undefined);
    clock.advance(1);
    assert.equal(errorOf(call).message, "lost");
    assert.equal(clock.timerCount, 0);
  });

  test("asks another host for any number of calls that reached nobody", () => {
    const script = (address: string): HostScript => (address === "a:1" ? refused() : good(1));
    const { clock, start } = scene({ script, addresses: ["a:1", "b:1"] });
    const calls = Array.from({ length: 1000 }, () => start());
    clock.advance(1);
    for (const call of calls) assert.equal(answererOf(call), "b:1");
  });

  test("closes the transport to a host that has left after its last attempt", () => {
    const { clock, hosts, start } = scene({ script: () => good(20) });
    const call = start();
    hosts.setHosts(["b:1"]);
    assert.deepEqual(hosts.closed, []);
    clock.advance(20);
    assert.equal(answererOf(call), "a:1");
    assert.deepEqual(hosts.closed, ["a:1"]);
  });

  test("refuses policies out of range", () => {
    const script = (): HostScript => good(0);
    assert.throws(() => scene({ script, retry: { maxRetries: -1 } }), {
      message: "retry.maxRetries: -1 is not a number from 0 on",
    });
    assert.throws(() => scene({ script, hedge: { after: 5, budgetShare: 2 } }), {
      message: "hedge.budgetShare: 2 is not between 0 and 1",
    });
  });

  test("ends every call once and in time, every lease once, and leaves nothing behind", () => {
    const outcome = fc.constantFrom<HostScript>(
      "silent",
      good(5),
      good(90),
      refused(),
      refused(15),
      lost(),
      lost(30),
      failed(Code.resourceExhausted, 3),
      failed(Code.unavailable, 3),
      failed(Code.internal, 40),
    );
    const step = fc.record({
      wait: fc.nat({ max: 60 }),
      timeoutMs: fc.integer({ min: 1, max: 300 }),
      isIdempotent: fc.boolean(),
      cancelAfter: fc.option(fc.nat({ max: 200 })),
    });
    const hedges = fc.constantFrom(undefined, { after: 20, budgetShare: 1 }, { after: 20 });
    fc.assert(
      fc.property(
        fc.array(outcome, { minLength: 1, maxLength: 12 }),
        fc.array(step, { maxLength: 30 }),
        hedges,
        (outcomes, steps, hedge) => {
          const script = (_: string, index: number): HostScript =>
            outcomes[index % outcomes.length] ?? "silent";
          const { clock, engine, hosts, metrics, start } = scene({ script, hedge });
          const calls = steps.map(({ wait, cancelAfter, ...given }) => {
            clock.advance(wait);
            const call = start(given);
            const end = clock.now() + given.timeoutMs;
            clock.setTimer(() => assert.ok(call.outcome, "it must end in time"), given.timeoutMs + 1);
            if (cancelAfter !== null) clock.setTimer(() => call.running.cancel(), cancelAfter);
            return { call, end };
          });
          clock.advance(1000);
          for (const { call } of calls) assert.ok(call.outcome);
          engine.close();
          assert.equal(hosts.openLeases, 0);
          assert.equal(hosts.outcomes.length, hosts.attempts.length);
          assert.ok(hosts.attempts.every(({ state }) => state !== "open"));
          assert.equal(clock.timerCount, 0);
          assert.equal(hosts.listenerCount, 0);
          const extra = hosts.attempts.length - calls.length;
          const isEachReached = outcomes.every((one) => stageOf(one) !== "unsent");
          const hedges = metrics.counted("paddlewheel_client_attempts_total", { kind: "hedge" });
          if (hedge && !("budgetShare" in hedge))
            assert.ok(hedges <= calls.length * 0.05, `${hedges} hedges`);
          if (!hedge && isEachReached)
            assert.ok(extra <= calls.length * 0.1 + 3 * (1 + clock.now() / 1000), `${extra} retries`);
        },
      ),
    );
  });
});
