import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { ManualClock } from "@paddlewheel/core/testing";
import type { HostOutcome } from "../cluster/cluster.js";
import { createBalancer } from "./create-balancer.js";
import { LoadBalancer, parseLoadBalancer } from "./parse-load-balancer.js";
import { type FakeServer, fakeServer } from "./testing/fake-server.js";
import { seededRandom } from "./testing/seeded-random.js";

/** A server that works on one call after the other. */
interface Worker extends FakeServer {
  serviceMs: number;
  /** Answers with this at once, if there is one. */
  error?: ServeError | undefined;
  freeAt: number;
}

function createWorker(address: string): Worker {
  return { ...fakeServer(address), serviceMs: 2, freeAt: 0 };
}

/** Sends 300 calls a second to workers that could each answer 500. */
class Simulation {
  readonly clock = new ManualClock();
  readonly #balancer;

  constructor(name: LoadBalancer, workers: readonly Worker[]) {
    this.#balancer = createBalancer<Worker>(parseLoadBalancer(name), {
      random: seededRandom(5),
    });
    this.update(workers);
  }

  update(workers: readonly Worker[]): void {
    this.#balancer.update(workers);
  }

  /** Runs for some seconds and gives the share of the calls that the worker got. */
  shareOf(wanted: Worker, seconds: number): number {
    const calls = seconds * 300;
    let count = 0;
    for (let i = 0; i < calls; i++) {
      if (this.#call() === wanted) count++;
      this.clock.advance(1000 / 300);
    }
    return count / calls;
  }

  #call(): Worker | undefined {
    const startedAt = this.clock.now();
    const server = this.#balancer.pick({}, startedAt);
    if (!server) return undefined;
    const { error } = server;
    server.freeAt = error ? startedAt : Math.max(server.freeAt, startedAt) + server.serviceMs;
    const latencyMs = server.freeAt - startedAt;
    const outcome: HostOutcome = { latencyMs, error };
    this.clock.setTimer(
      () => this.#balancer.release({ server, startedAt }, outcome, this.clock.now()),
      latencyMs,
    );
    return server;
  }
}

for (const name of [LoadBalancer.la, LoadBalancer.p2c]) {
  describe(name, () => {
    test("moves away from a server that becomes slow within a second, and back when it recovers", () => {
      const workers = [createWorker("a:1"), createWorker("b:1"), createWorker("c:1")];
      const [slow = createWorker("")] = workers;
      const simulation = new Simulation(name, workers);
      const isFair = (share: number): boolean => share > 0.2 && share < 0.47;
      simulation.shareOf(slow, 3);
      assert.ok(isFair(simulation.shareOf(slow, 2)), "begins fairly");
      slow.serviceMs = 100;
      simulation.shareOf(slow, 1);
      const shareWhenSlow = simulation.shareOf(slow, 2);
      assert.ok(shareWhenSlow < 0.08, `has ${shareWhenSlow} when slow`);
      slow.serviceMs = 2;
      simulation.shareOf(slow, 60);
      assert.ok(isFair(simulation.shareOf(slow, 5)), "ends fairly");
    });

    test("moves away from a server that fails at once", () => {
      const workers = [createWorker("a:1"), createWorker("b:1"), createWorker("c:1")];
      const [failing = createWorker("")] = workers;
      const simulation = new Simulation(name, workers);
      failing.error = new ServeError(Code.internal, "broken");
      simulation.shareOf(failing, 1);
      assert.ok(simulation.shareOf(failing, 5) < 0.05);
    });

    test("comes back within a minute to a server that failed for long", () => {
      const workers = [createWorker("a:1"), createWorker("b:1"), createWorker("c:1")];
      const [failing = createWorker("")] = workers;
      const simulation = new Simulation(name, workers);
      failing.error = new ServeError(Code.internal, "broken");
      simulation.shareOf(failing, 300);
      failing.error = undefined;
      simulation.shareOf(failing, 60);
      assert.ok(simulation.shareOf(failing, 5) > 0.2);
    });

    test("does not mind what is the fault of callers", () => {
      const workers = [createWorker("a:1"), createWorker("b:1")];
      const [strict = createWorker("")] = workers;
      const simulation = new Simulation(name, workers);
      strict.error = new ServeError(Code.invalidArgument, "no such tensor");
      assert.ok(simulation.shareOf(strict, 3) > 0.4);
    });

    test("does not flood a new server, nor forget what it knows of the others", () => {
      const workers = [createWorker("a:1"), createWorker("b:1")];
      const simulation = new Simulation(name, workers);
      simulation.shareOf(createWorker(""), 3);
      const fresh = createWorker("c:1");
      fresh.serviceMs = 1000;
      simulation.update([...workers, fresh]);
      assert.ok(simulation.shareOf(fresh, 2) < 0.08);
    });
  });
}
