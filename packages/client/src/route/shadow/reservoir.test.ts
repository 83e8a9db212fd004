import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "../../balance/testing/seeded-random.js";
import { Reservoir } from "./reservoir.js";

describe("Reservoir", () => {
  test("keeps all while there is room, and none where there is no room", () => {
    const items = (size: number) => {
      const reservoir = new Reservoir<string>(size, seededRandom(1));
      for (const item of ["a", "b"]) reservoir.offer(item);
      return reservoir.items;
    };
    assert.deepEqual(items(3), ["a", "b"]);
    assert.deepEqual(items(0), []);
  });

  test("gives each item the same chance, within 4 sigma", () => {
    const random = seededRandom(3);
    const counts = new Array<number>(20).fill(0);
    for (let run = 0; run < 4000; run++) {
      const reservoir = new Reservoir<number>(5, random);
      for (let item = 0; item < 20; item++) reservoir.offer(item);
      for (const item of reservoir.items) counts[item] = (counts[item] ?? 0) + 1;
    }
    const sigma = Math.sqrt(4000 * 0.25 * 0.75);
    for (const count of counts) assert.ok(Math.abs(count - 1000) < 4 * sigma, String(counts));
  });
});
