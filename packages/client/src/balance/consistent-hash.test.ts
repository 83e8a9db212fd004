import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { ConsistentHash } from "./consistent-hash.js";
import { createBalancer } from "./create-balancer.js";
import { LoadBalancer, parseLoadBalancer } from "./parse-load-balancer.js";
import { type FakeServer, fakeServer } from "./testing/fake-server.js";

const hashes = [LoadBalancer.murmurhash, LoadBalancer.md5, LoadBalancer.ketama];

function ringOf(loadBalancer: string, servers: readonly FakeServer[]): (requestCode?: number) => string {
  const balancer = createBalancer<FakeServer>(parseLoadBalancer(loadBalancer), {
    random: () => 0,
  });
  balancer.update(servers);
  return (requestCode) => balancer.pick({ requestCode }, 0)?.address ?? "none";
}

const keys = Array.from({ length: 4000 }, (_, i) => Math.floor((i * 2 ** 32) / 4000));

describe("consistent hashing", () => {
  test("sends each request code to the server that brpc sends it to", () => {
    const servers = [9381, 9382, 9383].map((port) => fakeServer(`127.0.0.1:${port}`));
    const file = new URL("../../testdata/brpc-chash-vectors.txt", import.meta.url);
    const vectors = readFileSync(file, "utf8").trim().split("\n");
    assert.equal(vectors.length, 42);
    for (const vector of vectors) {
      const [, name = "", code, address] = /^(\S+) (\d+) \["(.*)",0\]$/.exec(vector) ?? [];
      assert.equal(ringOf(name, servers)(Number(code)), address, vector);
    }
  });

  for (const name of hashes) {
    test(`by ${name} moves only the keys of a server that leaves, about 1 / n of all`, () => {
      const servers = Array.from({ length: 10 }, (_, i) => fakeServer(`10.0.0.${i}:80`));
      const whole = ringOf(name, servers);
      const rest = ringOf(name, servers.slice(1));
      const moved = keys.filter((key) => whole(key) !== rest(key));
      assert.ok(moved.every((key) => whole(key) === "10.0.0.0:80"));
      assert.ok(moved.length > keys.length / 20 && moved.length < keys.length / 5, `${moved.length} moved`);
    });

    test(`by ${name} sends the keys of a server that is down to those that would have them without it`, () => {
      const servers = Array.from({ length: 5 }, (_, i) => fakeServer(`10.0.0.${i}:80`));
      const without = ringOf(name, servers.slice(1));
      for (const server of servers.slice(0, 1)) server.isAvailable = false;
      const down = ringOf(name, servers);
      assert.deepEqual(
        keys.map((key) => down(key)),
        keys.map((key) => without(key)),
      );
    });

    test(`by ${name} does not depend on the order of naming`, () => {
      const servers = Array.from({ length: 5 }, (_, i) => fakeServer(`10.0.0.${i}:80`));
      const [one, other] = [ringOf(name, servers), ringOf(name, [...servers].reverse())];
      assert.ok(keys.every((key) => one(key) === other(key)));
    });

    test(`by ${name} is evener with more replicas`, () => {
      const servers = Array.from({ length: 10 }, (_, i) => fakeServer(`10.0.0.${i}:80`));
      const unevenness = (pick: (key: number) => string): number => {
        const counts = new Map(servers.map(({ address }) => [address, 0]));
        for (const key of keys) counts.set(pick(key), (counts.get(pick(key)) ?? 0) + 1);
        return Math.max(...counts.values()) - Math.min(...counts.values());
      };
      assert.ok(
        unevenness(ringOf(`${name}:replicas=1000`, servers)) <
          unevenness(ringOf(`${name}:replicas=20`, servers)),
      );
    });
  }

  test("takes the first point that is not below the code, going round, and by address where points meet", () => {
    const points: Readonly<Record<string, readonly number[]>> = { "a:1": [10, 30], "b:1": [20, 30] };
    const servers = [fakeServer("a:1"), fakeServer("b:1")];
    for (const named of [servers, [...servers].reverse()]) {
      const balancer = new ConsistentHash<FakeServer>({
        pointsOf: (address) => Uint32Array.from(points[address] ?? []),
        replicas: 2,
      });
      balancer.update(named);
      const picked = [0, 10, 11, 20, 21, 30, 31, 2 ** 32 - 1].map(
        (requestCode) => balancer.pick({ requestCode })?.address,
      );
      assert.deepEqual(picked, ["a:1", "a:1", "b:1", "b:1", "a:1", "a:1", "a:1", "a:1"]);
    }
  });

  test("needs a request code of 32 bits", () => {
    const pick = ringOf("c_md5", [fakeServer("a:1")]);
    const expected = "expected a whole number from 0 to 4294967295";
    const invalid = (problem: string) => new ServeError(Code.invalidArgument, `${problem}: ${expected}`);
    assert.throws(() => pick(), invalid("this balancer needs a request code"));
    assert.throws(() => pick(-1), invalid("request code -1"));
    assert.throws(() => pick(2 ** 32), invalid("request code 4294967296"));
    assert.throws(() => pick(0.5), invalid("request code 0.5"));
  });
});
