import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { ManualClock, RecordingLogger, RecordingMetrics } from "@paddlewheel/core/testing";
import { FailureStage } from "../transport/host-transport.js";
import type { HostOutcome } from "./cluster.js";
import type { ClusterOptions } from "./cluster-options.js";
import { createCluster } from "./create-cluster.js";
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
    await advance(clock, 1000);
    assert.equal(cluster.states()[0]?.condition, "unreachable");
    isBack = true;
    await advance(clock, 1000);
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
