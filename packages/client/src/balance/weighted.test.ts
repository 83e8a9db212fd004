import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type FakeServer, fakeServers } from "./testing/fake-server.js";
import { seededRandom } from "./testing/seeded-random.js";
import { WeightTree } from "./weight-tree.js";
import { WeightedRandom } from "./weighted-random.js";
import { WeightedRoundRobin } from "./weighted-round-robin.js";

describe("wrr", () => {
  function sequence(weights: readonly number[], length: number): string[] {
    const balancer = new WeightedRoundRobin<FakeServer>({ random: () => 0 });
    balancer.update(fakeServers(...weights));
    return Array.from({ length }, () => balancer.pick({})?.address ?? "none");
  }

  test("gives each server in every round as many turns as it weighs", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(weights, (all) => {
        const total = all.reduce((sum, weight) => sum + weight, 0);
        const round = sequence(all, 2 * total).slice(total);
        fakeServers(...all).forEach(({ address, weight }) => {
          assert.equal(round.filter((picked) => picked === address).length, weight);
        });
      }),
    );
  });

  test("mixes the turns of heavy servers with those of light ones", () => {
    const turns = sequence([8, 4, 1], 13);
    assert.doesNotMatch(turns.join(" "), /a:1 a:1 a:1 a:1/);
    assert.doesNotMatch(turns.join(" "), /b:1 b:1/);
  });

  test("shares the turns of a server that is down by weight", () => {
    const balancer = new WeightedRoundRobin<FakeServer>({ random: () => 0 });
    const servers = fakeServers(20, 3, 1);
    balancer.update(servers);
    for (const server of servers.slice(0, 1)) server.isAvailable = false;
    const turns = Array.from({ length: 400 }, () => balancer.pick({})?.address);
    assert.equal(turns.filter((address) => address === "b:1").length, 300);
  });
});

describe("wr", () => {
  test("picks by weight, and leaves the share of a server that is down to all others", () => {
    const balancer = new WeightedRandom<FakeServer>({ random: seededRandom(3) });
    const servers = fakeServers(96, 3, 1);
    balancer.update(servers);
    const share = (address: string): number => {
      const turns = Array.from({ length: 10_000 }, () => balancer.pick({})?.address);
      return turns.filter((picked) => picked === address).length / turns.length;
    };
    assert.ok(Math.abs(share("a:1") - 0.96) < 0.01);
    for (const server of servers.slice(0, 1)) server.isAvailable = false;
    assert.ok(Math.abs(share("b:1") - 0.75) < 0.02);
    for (const server of servers.slice(0, 1)) server.isAvailable = true;
    assert.ok(Math.abs(share("a:1") - 0.96) < 0.01);
  });
});

test("a weight tree finds at each position what a walk along the weights finds", () => {
  const weight = fc.integer({ min: 0, max: 5 });
  const changes = fc.array(fc.tuple(fc.nat(19), weight), { maxLength: 20 });
  fc.assert(
    fc.property(fc.array(weight, { minLength: 1, maxLength: 20 }), changes, (weights, sets) => {
      const tree = new WeightTree(weights);
      for (const [at, value] of sets) {
        const index = at % weights.length;
        weights[index] = value;
        tree.set(index, value);
      }
      const line = weights.flatMap((length, index) => new Array<number>(length).fill(index));
      assert.equal(tree.total, line.length);
      assert.deepEqual(
        line.map((_, position) => tree.indexAt(position)),
        line,
      );
    }),
  );
});
