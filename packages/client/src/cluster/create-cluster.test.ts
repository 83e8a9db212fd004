import assert from "node:assert/strict";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { ManualClock, RecordingLogger, RecordingMetrics } from "@paddlewheel/core/testing";
import { FailureStage } from "../transport/host-transport.js";
import type { HostOutcome } from "./cluster.js";
import type { ClusterOptions } from "./cluster-options.js";
import { createCluster } from "./create-cluster.js";
import type { Host } from "./host.js";
import type { ObservableCluster } from "./named-cluster.js";

const well: HostOutcome = { latencyMs: 1 };

function createTestCluster(options: Partial<ClusterOptions> = {}) {
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const metrics = new RecordingMetrics();
  const cluster = createCluster({
    naming: "list://a:1,b:1,c:1",
    name: "test",
    random: () => 0,
    clock,
    logger,
    metrics,
    ...options,
  });
  return { cluster, clock, logger, metrics };
}

function pickAddresses(cluster: ObservableCluster, count: number): string[] {
  return Array.from({ length: count }, () => {
    const lease = cluster.pick();
    lease.end(well);
    return lease.host.address;
  });
}

function refused(): HostOutcome {
  const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  const error = new ServeError(Code.unavailable, "connection refused", { cause });
  return { latencyMs: 1, error, stage: FailureStage.unsent };
}

describe("a cluster", () => {
  test("of a list has its hosts at once and takes turns", async () => {
    const { cluster } = createTestCluster();
    await cluster.ready();
    assert.deepEqual(
      cluster.hosts.map(({ address }) => address),
      ["a:1", "b:1", "c:1"],
    );
    assert.deepEqual(pickAddresses(cluster, 4), ["a:1", "b:1", "c:1", "a:1"]);
    cluster.close();
  });

  test("has only servers with the tags that are required, and each address once", () => {
    const { cluster } = createTestCluster({
      naming: "list://a:1 v:1,b:1 v:2,c:1,a:1 v:2,b:1 v:2",
      requiredTags: ["v:2"],
    });
    assert.deepEqual(cluster.hosts, [
      { address: "b:1", tag: "v:2" },
      { address: "a:1", tag: "v:2" },
    ]);
    cluster.close();
  });

  test("has the first of several hosts with one address", () => {
    const { cluster } = createTestCluster({ naming: "list://a:1 3,b:1,a:1 5" });
    assert.deepEqual(cluster.hosts, [
      { address: "a:1", tag: "3" },
      { address: "b:1", tag: "" },
    ]);
    cluster.close();
  });

  test("leaves out a server that nobody can connect to until a probe finds it again", async () => {
    const probed: string[] = [];
    let isBack = false;
    const probe = async (address: string): Promise<void> => {
      probed.push(address);
      if (!isBack) throw new Error("refused");
    };
    const { cluster, clock, metrics } = createTestCluster({ health: { probe, intervalMs: 1000 } });
    cluster.pick().end(refused());
    assert.deepEqual(pickAddresses(cluster, 4), ["b:1", "c:1", "b:1", "c:1"]);
    assert.equal(metrics.gaugeValue("paddlewheel_client_hosts", { condition: "unreachable" }), 1);
    assert.equal(metrics.counted("paddlewheel_client_hosts_out_total", { condition: "unreachable" }), 1);
    await advance(clock, 50);
    assert.equal(cluster.states()[0]?.condition, "unreachable");
    isBack = true;
    await advance(clock, 100);
    assert.deepEqual(probed, ["a:1", "a:1"]);
    assert.equal(cluster.states()[0]?.condition, "up");
    assert.equal(clock.timerCount, 0);
    cluster.close();
  });

  test("with no server that is well says why", () => {
    const { cluster } = createTestCluster({ naming: "a:1" });
    cluster.pick().end(refused());
    const message = 'no server of cluster "test" is well: a:1 is unreachable, connection refused';
    assert.throws(() => cluster.pick(), new ServeError(Code.unavailable, message));
    cluster.close();
  });

  test("counts the end of a lease once", () => {
    const { cluster } = createTestCluster({ naming: "a:1" });
    const [first, second] = [cluster.pick(), cluster.pick()];
    assert.equal(cluster.states()[0]?.inFlight, 2);
    first.end(well);
    first.end(well);
    assert.equal(cluster.states()[0]?.inFlight, 1);
    second.end(well);
    assert.equal(cluster.states()[0]?.inFlight, 0);
    cluster.close();
  });

  test("follows its naming: tells of hosts that come and go, and keeps what it knows of those that stay", async () => {
    const answers = [
      ["10.0.0.1", "10.0.0.2"],
      ["10.0.0.2", "10.0.0.3"],
    ];
    const { cluster, clock } = createTestCluster({
      naming: "http://models",
      resolve: async () => answers.shift() ?? Promise.reject(new Error("no answer")),
    });
    const told: string[] = [];
    const note = (hosts: readonly Host[]): unknown => told.push(hosts.map(({ address }) => address).join());
    const takeBack = cluster.onHosts(note);
    cluster.onHosts(() => {
      throw new Error("a listener's own fault");
    });
    assert.throws(() => cluster.pick(), new ServeError(Code.unavailable, 'cluster "test" has no server'));
    await cluster.ready();
    const [gone, stays] = [cluster.pick(), cluster.pick()];
    stays.end(refused());
    await advance(clock, 5000);
    gone.end(refused());
    assert.deepEqual(told, ["10.0.0.1:80,10.0.0.2:80", "10.0.0.2:80,10.0.0.3:80"]);
    assert.deepEqual(
      cluster.states().map(({ condition }) => condition),
      ["unreachable", "up"],
    );
    await advance(clock, 5000);
    assert.equal(cluster.hosts.length, 2, "a failure keeps the last hosts");
    await cluster.ready();
    takeBack();
    cluster.close();
    assert.equal(clock.timerCount, 0);
  });

  test("is not ready while naming fails, and says why", async () => {
    const cause = new Error("SERVFAIL");
    let isMended = false;
    const { cluster, clock, logger } = createTestCluster({
      naming: "http://models",
      resolve: async () => (isMended ? ["10.0.0.1"] : Promise.reject(cause)),
    });
    const failure = new ServeError(Code.unavailable, "cannot resolve models: SERVFAIL", { cause });
    await assert.rejects(cluster.ready(), failure);
    await assert.rejects(cluster.ready(), failure);
    await advance(clock, 5000);
    assert.equal(logger.lines.filter(({ level }) => level === "warn").length, 1, "said once");
    isMended = true;
    await advance(clock, 5000);
    await cluster.ready();
    cluster.close();
  });

  test("that is closed before naming answered lets nobody wait", async () => {
    const { cluster } = createTestCluster({ naming: "http://models", resolve: () => new Promise(() => {}) });
    const waiting = cluster.ready();
    cluster.close();
    await assert.rejects(waiting, new ServeError(Code.cancelled, 'cluster "test" is closed'));
  });

  test("watches a server file: health outlives a change of tag", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "cluster-"));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, "servers");
    await writeFile(file, "a:1 1\nb:1 3\n");
    const { cluster, clock } = createTestCluster({ naming: `file://${file}`, loadBalancer: "wrr" });
    await cluster.ready();
    cluster.pick().end(refused());
    const changed = new Promise((resolve) => cluster.onHosts(resolve));
    await writeFile(`${file}.new`, "a:1 2\nb:1 3\nc:1 5\n");
    await rename(`${file}.new`, file);
    clock.advance(100);
    await changed;
    assert.deepEqual(
      cluster.states().map(({ address, tag, condition }) => [address, tag, condition]),
      [
        ["a:1", "2", "unreachable"],
        ["b:1", "3", "up"],
        ["c:1", "5", "up"],
      ],
    );
    cluster.close();
  });

  test("by weight leaves out servers without one, and says so", () => {
    const { cluster, logger } = createTestCluster({
      naming: "list://a:1 2,b:1,c:1 0,d:1 weight:3",
      loadBalancer: "wrr",
    });
    assert.deepEqual(
      cluster.hosts.map(({ address }) => address),
      ["a:1", "d:1"],
    );
    const warning = logger.lines.find(({ level }) => level === "warn");
    assert.equal(warning?.message, "servers left out: their tag states no weight from 1 to 2147483647");
    assert.equal(warning?.fields.addresses, '"b:1", "c:1"');
    cluster.close();
  });

  test("that recovers lets in no more than its servers bear", async () => {
    const { cluster, clock } = createTestCluster({
      naming: "list://a:1,b:1",
      loadBalancer: "rr:min_working_instances=2 hold_seconds=10",
      random: () => 0.5,
      health: { probe: (address) => (address === "a:1" ? Promise.resolve() : Promise.reject(new Error())) },
    });
    cluster.pick().end(refused());
    cluster.pick().end(refused());
    await advance(clock, 200);
    const message = 'cluster "test" recovers with 1 of 2 working servers, this call was not let in';
    assert.throws(() => cluster.pick(), new ServeError(Code.unavailable, message));
    await advance(clock, 10_001);
    assert.equal(cluster.pick().host.address, "a:1");
    cluster.close();
  });

  test("ejects a server that fails and tells its state", () => {
    const { cluster, metrics } = createTestCluster({ naming: "list://a:1,b:1" });
    const error = new ServeError(Code.internal, "broken");
    for (let i = 0; i < 5; i++) {
      const tried = new Set(["b:1"]);
      cluster.pick({ tried }).end({ latencyMs: 1, error, stage: FailureStage.answered });
    }
    assert.deepEqual(cluster.states()[0], {
      address: "a:1",
      tag: "",
      condition: "ejected",
      reason: "5 failures in a row",
      inFlight: 0,
      consecutiveFailures: 5,
      recentCalls: 5,
      recentFailures: 5,
      ejections: 1,
    });
    assert.equal(metrics.counted("paddlewheel_client_hosts_out_total", { condition: "ejected" }), 1);
    cluster.close();
  });

  test("probes those that were down before at once when no other is left", async () => {
    const probed: string[] = [];
    const probe = async (address: string): Promise<void> => {
      probed.push(address);
      throw new Error("refused");
    };
    const { cluster, clock } = createTestCluster({ naming: "list://a:1,b:1", health: { probe } });
    cluster.pick().end(refused());
    for (const waitMs of [150, 300, 600]) await advance(clock, waitMs);
    assert.deepEqual(probed, ["a:1", "a:1", "a:1"]);
    assert.equal(cluster.isDown, false);
    await advance(clock, 200);
    cluster.pick().end(refused());
    assert.ok(cluster.isDown);
    assert.deepEqual(probed.slice(3), ["a:1"], "the other was found to be down just now");
    cluster.close();
    assert.equal(clock.timerCount, 0);
  });

  test("takes an ejected server back when no other is left", () => {
    const { cluster, clock } = createTestCluster({ naming: "list://a:1,b:1" });
    const error = new ServeError(Code.internal, "broken");
    for (let i = 0; i < 5; i++) {
      cluster.pick({ tried: new Set(["b:1"]) }).end({ latencyMs: 1, error, stage: FailureStage.answered });
    }
    assert.deepEqual(pickAddresses(cluster, 2), ["b:1", "b:1"]);
    cluster.pick().end(refused());
    assert.deepEqual(pickAddresses(cluster, 2), ["a:1", "a:1"]);
    cluster.close();
    assert.equal(clock.timerCount, 0);
  });

  test("that is closed leaves nothing behind and says so", async () => {
    const { cluster, clock } = createTestCluster();
    const lease = cluster.pick();
    cluster.pick().end(refused());
    cluster.close();
    cluster.close();
    lease.end(refused());
    assert.equal(clock.timerCount, 0);
    assert.throws(() => cluster.pick(), new ServeError(Code.cancelled, 'cluster "test" is closed'));
  });

  test("refuses options that are wrong", () => {
    const assertRefused = (options: Partial<ClusterOptions>, code: Code, message: string): void => {
      assert.throws(() => createTestCluster(options), new ServeError(code, message));
    };
    const { invalidArgument, invalidConf } = Code;
    assertRefused(
      { ejection: { failureShare: 2 } },
      invalidArgument,
      "ejection.failureShare is 2, expected a number above 0, up to 1",
    );
    assertRefused(
      { ejection: { minCalls: 0 } },
      invalidArgument,
      "ejection.minCalls is 0, expected a number from 1",
    );
    assertRefused(
      { health: { intervalMs: Number.NaN } },
      invalidArgument,
      "health.intervalMs is NaN, expected a number above 0",
    );
    assertRefused({ loadBalancer: "wr2" }, invalidConf, 'no load balancer "wr2"; did you mean "wrr"?');
  });
});

/** Moves time and lets the promises of probes settle. */
async function advance(clock: ManualClock, ms: number): Promise<void> {
  clock.advance(ms);
  await new Promise((resolve) => setImmediate(resolve));
}
