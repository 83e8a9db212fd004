import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Balancer } from "./balancer.js";
import { createBalancer } from "./create-balancer.js";
import { LoadBalancer, parseLoadBalancer } from "./parse-load-balancer.js";
import { type FakeServer, fakeServer, fakeServers } from "./testing/fake-server.js";
import { seededRandom } from "./testing/seeded-random.js";

const picks = 3000;

function create(name: LoadBalancer, seed = 1): Balancer<FakeServer> {
  return createBalancer(parseLoadBalancer(name), { random: seededRandom(seed) });
}

/** Picks and ends an attempt; request codes are spread over the ring. */
function pickOnce(
  balancer: Balancer<FakeServer>,
  requestCode: number,
  tried?: ReadonlySet<string>,
): string | undefined {
  const server = balancer.pick({ requestCode, tried }, 0);
  if (server) balancer.release({ server, startedAt: 0 }, { latencyMs: 1 }, 0);
  return server?.address;
}

function countPicks(balancer: Balancer<FakeServer>, tried?: ReadonlySet<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < picks; i++) {
    const address = pickOnce(balancer, Math.floor((i * 2 ** 32) / picks), tried);
    if (address !== undefined) counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  return counts;
}

/** What every balancer owes its cluster. */
for (const name of Object.values(LoadBalancer)) {
  describe(`the balancer ${name}`, () => {
    test("has nobody to pick of no servers, and of none that is available", () => {
      const balancer = create(name);
      assert.equal(pickOnce(balancer, 0), undefined);
      const servers = fakeServers(1, 1);
      for (const server of servers) server.isAvailable = false;
      balancer.update(servers);
      assert.equal(pickOnce(balancer, 0), undefined);
      balancer.update([]);
      assert.equal(pickOnce(balancer, 0), undefined);
    });

    test("gives each of like servers a fair part", () => {
      const balancer = create(name);
      balancer.update(fakeServers(1, 1, 1));
      const counts = countPicks(balancer);
      for (const address of ["a:1", "b:1", "c:1"]) {
        const count = counts.get(address) ?? 0;
        assert.ok(count > picks / 6 && count < picks / 1.9, `${address} was picked ${count} times`);
      }
    });

    test("picks no server that is not available, and all the others", () => {
      const balancer = create(name);
      const servers = fakeServers(1, 1, 1, 1);
      balancer.update(servers);
      for (const down of servers) {
        down.isAvailable = false;
        assert.deepEqual(
          new Set(countPicks(balancer).keys()),
          new Set(servers.filter((server) => server !== down).map(({ address }) => address)),
        );
        down.isAvailable = true;
      }
    });

    test("picks a server that was tried only when there is no other", () => {
      const balancer = create(name);
      const [a, b, c] = [fakeServer("a:1"), fakeServer("b:1"), fakeServer("c:1")];
      balancer.update([a, b, c]);
      assert.deepEqual([...countPicks(balancer, new Set(["a:1", "c:1"])).keys()], ["b:1"]);
      b.isAvailable = false;
      c.isAvailable = false;
      assert.deepEqual([...countPicks(balancer, new Set(["a:1"])).keys()], ["a:1"]);
    });

    test("takes back a server that is available again", () => {
      const balancer = create(name);
      const servers = fakeServers(1, 1);
      balancer.update(servers);
      for (const server of servers) server.isAvailable = false;
      countPicks(balancer);
      for (const server of servers) server.isAvailable = true;
      assert.equal(countPicks(balancer).size, 2);
    });

    test("follows servers that come and go, and hears of attempts at those that left", () => {
      const balancer = create(name);
      const [a, b, c] = [fakeServer("a:1"), fakeServer("b:1"), fakeServer("c:1")];
      balancer.update([a, b]);
      const server = balancer.pick({ requestCode: 0 }, 0);
      assert.ok(server);
      balancer.update([c]);
      balancer.release({ server, startedAt: 0 }, { latencyMs: 1 }, 0);
      assert.deepEqual([...countPicks(balancer).keys()], ["c:1"]);
    });

    test("picks the same for the same random numbers", () => {
      const [one, other] = [create(name, 7), create(name, 7)];
      one.update(fakeServers(1, 2, 3));
      other.update(fakeServers(1, 2, 3));
      assert.deepEqual(countPicks(one), countPicks(other));
    });

    test("always finds an available server when there is one, an untried one when there is one", () => {
      const states = fc.array(fc.record({ isUp: fc.boolean(), isTried: fc.boolean(), weight: fc.nat(9) }), {
        minLength: 1,
        maxLength: 12,
      });
      fc.assert(
        fc.property(states, fc.nat(2 ** 32 - 1), fc.nat(), (all, code, seed) => {
          const balancer = create(name, seed);
          const servers = all.map(({ isUp, weight }, i) => ({
            address: `h${i}:1`,
            weight: weight + 1,
            isAvailable: isUp,
          }));
          balancer.update(servers);
          const tried = new Set(servers.filter((_, i) => all[i]?.isTried).map(({ address }) => address));
          const up = servers.filter(({ isAvailable }) => isAvailable).map(({ address }) => address);
          const fresh = up.filter((address) => !tried.has(address));
          const allowed = new Set<string | undefined>(fresh.length > 0 ? fresh : up);
          if (up.length === 0) allowed.add(undefined);
          assert.ok(allowed.has(pickOnce(balancer, code, tried)));
        }),
      );
    });
  });
}
