import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { ManualClock } from "@paddlewheel/core/testing";
import { createCluster } from "../cluster/create-cluster.js";
import { type AttemptFailure, answered, unsent } from "../transport/attempt-failure.js";
import { createCallEngine } from "./call-engine.js";

const message = Buffer.from("ping");
const minute = 60_000;

interface Outage {
  /** What calls at a server end with. */
  readonly failure: AttemptFailure;
  /** Whether servers let themselves be connected to. */
  readonly isListening: boolean;
}

/** Makes 200 calls a second for a minute to three servers that do not work, and counts what these notice of it. */
async function outlast({ failure, isListening }: Outage): Promise<{ attempts: number; probes: number }> {
  const clock = new ManualClock();
  let [attempts, probes, ended] = [0, 0, 0];
  const probe = async (): Promise<void> => {
    probes++;
    if (!isListening) throw new Error("refused");
  };
  const cluster = createCluster({
    naming: "list://a:1,b:1,c:1",
    health: { probe },
    clock,
    random: () => 0.5,
  });
  const connect = () => ({
    start: (_: unknown, onEnd: (outcome: AttemptFailure) => void) => {
      attempts++;
      clock.setTimer(() => onEnd(failure), 1);
      return { abandon: () => {} };
    },
    close: () => {},
  });
  const engine = createCallEngine({ cluster, connect, clock, random: () => 0.5 });
  for (let i = 0; i < minute / 5; i++) {
    engine.start({ service: "test.Echo", method: "echo", message, timeoutMs: 1000 }, () => ended++);
    clock.advance(5);
    // Probes end in promises.
    await Promise.resolve();
    await Promise.resolve();
  }
  clock.advance(1000);
  await Promise.resolve();
  assert.equal(ended, minute / 5);
  engine.close();
  cluster.close();
  return { attempts, probes };
}

describe("servers that are down", () => {
  const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });

  test("are not asked by calls, and probed by few, however many calls there are", async () => {
    const failure = unsent(new ServeError(Code.unavailable, "refused", { cause }));
    const { attempts, probes } = await outlast({ failure, isListening: false });
    assert.equal(attempts, 3);
    assert.ok(probes <= 3 * (4 + minute / 3000), `${probes} probes`);
  });

  test("and listen nevertheless get a call for each probe", async () => {
    const failure = answered(new ServeError(Code.unavailable, "not ready"), true);
    const { attempts, probes } = await outlast({ failure, isListening: true });
    assert.ok(probes <= 3 * (4 + minute / 3000), `${probes} probes`);
    assert.ok(attempts <= 3 + probes, `${attempts} attempts, ${probes} probes`);
  });
});
