import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { createDeferred, type Deferred, ManualClock, RecordingLogger } from "@paddlewheel/core/testing";
import fc from "fast-check";
import { FailureStage } from "../../transport/host-transport.js";
import type { HostOutcome } from "../cluster.js";
import { defaultEjectionPolicy } from "./ejection.js";
import { HealthMonitor, type HealthMonitorOptions, type Patient } from "./health-monitor.js";
import { Condition, HostHealth } from "./host-health.js";

const well: HostOutcome = { latencyMs: 0 };
const failed = failure(Code.internal, FailureStage.answered);
const leaving = failure(Code.unavailable, FailureStage.answered);
const lost = { ...failure(Code.unavailable, FailureStage.unanswered, "ECONNRESET"), latencyMs: 5 };
const connectTimeout = failure(Code.deadlineExceeded, FailureStage.unsent);
const refused = failure(Code.unavailable, FailureStage.unsent, "ECONNREFUSED");

function failure(code: Code, stage: FailureStage, errno?: string): HostOutcome {
  const cause = errno === undefined ? undefined : Object.assign(new Error(errno), { code: errno });
  return { latencyMs: 0, error: new ServeError(code, "it failed", { cause }), stage };
}

/** Probes wait until the test settles them. */
class Ward {
  readonly clock = new ManualClock();
  readonly logger = new RecordingLogger();
  readonly probes: { address: string; signal: AbortSignal; end: Deferred<void> }[] = [];
  readonly patients: readonly Patient[];
  readonly monitor: HealthMonitor;

  constructor(hosts = 10, options: Partial<HealthMonitorOptions> = {}) {
    this.patients = Array.from({ length: hosts }, (_, i) => ({
      address: `h${i}:1`,
      health: new HostHealth(defaultEjectionPolicy.windowMs),
    }));
    this.monitor = new HealthMonitor({
      ejection: defaultEjectionPolicy,
      probe: (address, signal) => {
        const end = createDeferred();
        this.probes.push({ address, signal, end });
        return end.promise;
      },
      probeIntervalMs: 3000,
      probeTimeoutMs: 500,
      clock: this.clock,
      random: () => 0.5,
      logger: this.logger,
      hostCount: () => hosts,
      onChange: () => {},
      ...options,
    });
  }

  observe(patient: Patient, outcome: HostOutcome, times = 1): void {
    for (let i = 0; i < times; i++) this.monitor.observe(patient, outcome, this.clock.now());
  }

  get first(): Patient {
    const [first] = this.patients;
    assert.ok(first);
    return first;
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Before the first probe. */
const firstWait = 187.5;

describe("a server that cannot be connected to", () => {
  test("is probed ever later, every 3 s in the end, until it can", async () => {
    const ward = new Ward();
    const { first, clock, probes } = ward;
    ward.observe(first, refused);
    const times: number[] = [];
    for (let ms = 0; ms < 15_000; ms += 0.5) {
      clock.advance(0.5);
      const probe = probes.at(times.length);
      if (!probe) continue;
      times.push(clock.now());
      probe.end.reject(new Error("refused"));
      await settled();
    }
    assert.deepEqual(times, [187.5, 562.5, 1312.5, 2812.5, 5812.5, 8812.5, 11_812.5, 14_812.5]);
  });

  test("is taken back by the probe that finds it well", async () => {
    const ward = new Ward();
    const { first, clock, probes } = ward;
    ward.observe(first, refused);
    assert.equal(first.health.condition, Condition.unreachable);
    clock.advance(firstWait);
    assert.equal(probes.length, 1);
    probes.at(0)?.end.resolve();
    await settled();
    assert.ok(first.health.isUp);
    assert.equal(clock.timerCount, 0);
    assert.deepEqual(
      ward.logger.lines.map(({ level, message, fields }) => [level, message, fields]),
      [
        ["warn", "server left out", { address: "h0:1", condition: "unreachable", reason: "it failed" }],
        ["info", "server taken back", { address: "h0:1", condition: "unreachable" }],
      ],
    );
  });

  test("is that after 3 connect timeouts in a row, not before", () => {
    const ward = new Ward();
    ward.observe(ward.first, connectTimeout, 2);
    ward.observe(ward.first, well);
    ward.observe(ward.first, connectTimeout, 2);
    assert.ok(ward.first.health.isUp);
    ward.observe(ward.first, connectTimeout);
    assert.equal(ward.first.health.condition, Condition.unreachable);
    assert.equal(ward.first.health.reason, "3 connect timeouts in a row");
  });

  test("that does not answer a probe is probed again, and that probe is ended", async () => {
    const ward = new Ward();
    const { first, clock, probes } = ward;
    ward.observe(first, refused);
    clock.advance(firstWait + 500);
    assert.ok(probes.at(0)?.signal.aborted);
    probes.at(0)?.end.resolve();
    await settled();
    assert.ok(!first.health.isUp, "a probe whose time is up says nothing");
    clock.advance(2 * firstWait);
    assert.equal(probes.length, 2);
  });

  test("survives a probe that throws", async () => {
    const ward = new Ward(10, {
      probe: () => {
        throw new Error("no probe");
      },
    });
    ward.observe(ward.first, refused);
    ward.clock.advance(firstWait);
    await settled();
    assert.equal(ward.first.health.condition, Condition.unreachable);
    assert.equal(ward.clock.timerCount, 1);
  });

  test("is not ejected over again by calls that began before", () => {
    const ward = new Ward();
    ward.observe(ward.first, refused, 3);
    assert.equal(ward.monitor.outCount, 1);
    assert.equal(ward.clock.timerCount, 1);
  });

  test("that has left the cluster leaves nothing behind", async () => {
    const ward = new Ward();
    const [one, other] = ward.patients;
    assert.ok(one && other);
    ward.observe(one, refused);
    ward.clock.advance(firstWait);
    ward.observe(other, refused);
    ward.monitor.forget(one);
    ward.monitor.forget(other);
    assert.ok(ward.probes.at(0)?.signal.aborted);
    ward.probes.at(0)?.end.resolve();
    await settled();
    ward.observe(one, refused);
    assert.equal(ward.monitor.outCount, 0);
    assert.equal(ward.clock.timerCount, 0);
  });

  test("comes back at another time than the others that went with it", () => {
    let draws = 0;
    const ward = new Ward(10, { random: () => (draws++ % 2) * 0.999 });
    for (const patient of ward.patients.slice(0, 2)) ward.observe(patient, refused);
    ward.clock.advance(0.8 * firstWait);
    assert.deepEqual(
      ward.probes.map(({ address }) => address),
      ["h0:1"],
    );
    ward.clock.advance(0.4 * firstWait);
    assert.equal(ward.probes.length, 2);
  });

  test("is probed with at most 63 others at once", () => {
    const ward = new Ward(100);
    for (const patient of ward.patients) ward.observe(patient, refused);
    ward.clock.advance(firstWait);
    assert.equal(ward.probes.length, 64);
    ward.clock.advance(1000);
    assert.ok(ward.probes.length > 64, "the others have their turn when there is room");
  });
});

describe("a server that is leaving", () => {
  test("is left out at once and probed", () => {
    const ward = new Ward(1);
    ward.observe(ward.first, leaving);
    assert.equal(ward.first.health.condition, Condition.leaving);
    ward.clock.advance(firstWait);
    assert.equal(ward.probes.length, 1);
  });

  test("and listens still is probed ever later, until it has answered a call", async () => {
    const ward = new Ward();
    const { first, clock, probes } = ward;
    const backAfter = async (waitMs: number): Promise<void> => {
      ward.observe(first, leaving);
      clock.advance(waitMs - 0.5);
      assert.ok(!first.health.isUp);
      clock.advance(0.5);
      probes.at(-1)?.end.resolve();
      await settled();
      assert.ok(first.health.isUp);
    };
    await backAfter(firstWait);
    await backAfter(2 * firstWait);
    await backAfter(4 * firstWait);
    ward.observe(first, well);
    await backAfter(firstWait);
  });
});

describe("a server that fails", () => {
  test("five times in a row is ejected for 30 s, then for 60 s", () => {
    const ward = new Ward();
    const { first, clock } = ward;
    ward.observe(first, failed, 4);
    ward.observe(first, well);
    ward.observe(first, failed, 4);
    assert.ok(first.health.isUp);
    ward.observe(first, failed);
    assert.equal(first.health.condition, Condition.ejected);
    clock.advance(29_999);
    assert.ok(!first.health.isUp);
    clock.advance(1);
    assert.ok(first.health.isUp);
    ward.observe(first, well);
    ward.observe(first, failed, 4);
    assert.ok(first.health.isUp, "counting begins anew");
    ward.observe(first, failed);
    clock.advance(59_999);
    assert.ok(!first.health.isUp);
    clock.advance(1);
    assert.ok(first.health.isUp);
    assert.equal(ward.probes.length, 0);
  });

  test("is forgiven after 300 s without an ejection", () => {
    const ward = new Ward();
    const { first, clock } = ward;
    ward.observe(first, failed, 5);
    clock.advance(30_000 + 300_001);
    ward.observe(first, well);
    ward.observe(first, failed, 5);
    assert.equal(first.health.ejections, 1);
  });

  test("in half of its calls is ejected, if those are not long ago", () => {
    const ward = new Ward();
    const { first, clock } = ward;
    for (let i = 0; i < 9; i++) {
      ward.observe(first, failed);
      ward.observe(first, well);
    }
    clock.advance(10_000);
    ward.observe(first, well);
    ward.observe(first, failed);
    assert.ok(first.health.isUp);
    for (let i = 0; i < 9; i++) {
      ward.observe(first, well);
      ward.observe(first, failed);
    }
    assert.equal(first.health.reason, "10 of 20 calls failed in 10 s");
  });

  test("and was unreachable for a moment is judged by what it does since", async () => {
    const ward = new Ward();
    const { first, clock, probes } = ward;
    for (let i = 0; i < 19; i++) ward.observe(first, i % 2 === 0 ? failed : well);
    ward.observe(first, refused);
    clock.advance(firstWait);
    probes.at(0)?.end.resolve();
    await settled();
    ward.observe(first, well);
    ward.observe(first, failed, 2);
    assert.ok(first.health.isUp);
  });

  test("that breaks connections is judged by the breaks, not by how many calls each of them ended", () => {
    const ward = new Ward();
    const { first, clock } = ward;
    for (let breaks = 1; breaks < 5; breaks++) {
      clock.advance(10);
      ward.observe(first, lost, 100);
      assert.deepEqual([first.health.isUp, first.health.consecutiveFailures], [true, breaks]);
    }
    clock.advance(10);
    ward.observe(first, lost);
    assert.equal(first.health.condition, Condition.ejected);
  });

  test("at its first call since it came back is ejected again", () => {
    const ward = new Ward();
    const { first, clock, monitor } = ward;
    ward.observe(first, failed, 5);
    clock.advance(30_000);
    assert.ok(monitor.trials.has("h0:1"));
    monitor.observe(first, { ...failed, latencyMs: 40_000 }, clock.now());
    assert.ok(first.health.isUp, "a call from before says nothing");
    ward.observe(first, failed);
    assert.equal(first.health.reason, "its first call since it came back failed");
    clock.advance(60_000);
    ward.observe(first, well);
    assert.equal(monitor.trials.size, 0);
  });

  test("at its first call since it was down is probed again, and not ejected", async () => {
    const ward = new Ward();
    const { first, clock, probes } = ward;
    ward.observe(first, refused);
    clock.advance(firstWait);
    probes.at(0)?.end.resolve();
    await settled();
    clock.advance(10);
    ward.observe(first, lost);
    assert.equal(first.health.condition, Condition.unreachable);
    clock.advance(2 * firstWait);
    assert.equal(probes.length, 2);
  });

  test("is pardoned before its time when it is needed", () => {
    const ward = new Ward();
    const { first, clock } = ward;
    ward.observe(first, failed, 5);
    ward.monitor.pardon(first);
    assert.ok(first.health.isUp);
    assert.equal(clock.timerCount, 0);
    ward.observe(first, refused);
    ward.monitor.pardon(first);
    assert.equal(first.health.condition, Condition.unreachable);
  });

  test("is never ejected without a policy", () => {
    const ward = new Ward(10, { ejection: undefined });
    ward.observe(ward.first, failed, 100);
    assert.ok(ward.first.health.isUp);
  });
});

describe("a server that does not answer while others do", () => {
  const outrun: HostOutcome = { latencyMs: 0, isAbandoned: true, isOutrun: true };

  test("is left out after five calls in a row, and after one when it came back", async () => {
    const ward = new Ward();
    const { first, clock, probes } = ward;
    ward.observe(first, outrun, 4);
    ward.observe(first, well);
    ward.observe(first, outrun, 4);
    assert.ok(first.health.isUp);
    ward.observe(first, outrun);
    assert.equal(first.health.condition, Condition.unreachable);
    assert.equal(first.health.reason, "other servers, asked later, were faster 5 times in a row");
    clock.advance(firstWait);
    probes.at(0)?.end.resolve();
    await settled();
    ward.observe(first, outrun);
    assert.ok(!first.health.isUp);
    clock.advance(2 * firstWait);
    probes.at(1)?.end.resolve();
    await settled();
    ward.observe(first, well);
    ward.observe(first, outrun, 4);
    assert.ok(first.health.isUp);
  });

  test("stays when half of all are out, or none may be ejected", () => {
    const two = new Ward(2);
    for (const patient of two.patients) two.observe(patient, outrun, 20);
    assert.equal(two.monitor.outCount, 1);
    const all = new Ward(10, { ejection: undefined });
    all.observe(all.first, outrun, 20);
    assert.equal(all.monitor.outCount, 0);
  });
});

test("ejections alone never take out more than half of the servers, and all come back", () => {
  const call = fc.record({ host: fc.nat(5), isFailure: fc.boolean(), afterMs: fc.nat(2000) });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 200 }), (calls) => {
      const ward = new Ward(6);
      for (const { host, isFailure, afterMs } of calls) {
        const patient = ward.patients[host] ?? ward.first;
        ward.observe(patient, isFailure ? failed : well, isFailure ? 3 : 1);
        assert.equal(ward.monitor.outCount, ward.patients.filter(({ health }) => !health.isUp).length);
        assert.ok(ward.monitor.outCount <= 3);
        ward.clock.advance(afterMs);
      }
      ward.clock.advance(300_000);
      assert.equal(ward.monitor.outCount, 0);
      assert.equal(ward.clock.timerCount, 0);
    }),
  );
});
