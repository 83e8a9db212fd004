import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../balance/testing/seeded-random.js";
import { WeightedRandomRender } from "./weighted-random-render.js";

describe("WeightedRandomRender", () => {
  test("gives each of 100,000 calls over 10|90 its share, within 3 sigma", () => {
    const router = new WeightedRandomRender([10, 90]);
    const random = seededRandom(7);
    let first = 0;
    for (let call = 0; call < 100_000; call++) if (router.pick(random()) === 0) first++;
    const sigma = Math.sqrt(100_000 * 0.1 * 0.9);
    assert.ok(Math.abs(first - 10_000) < 3 * sigma, String(first));
  });

  test("cuts the range exactly where the weights end", () => {
    const router = new WeightedRandomRender([1, 0, 3]);
    assert.deepEqual(
      [0, 0.2499, 0.25, 0.999].map((share) => router.pick(share)),
      [0, 0, 2, 2],
    );
  });

  test("never picks a variant of weight 0, or none", () => {
    const weights = fc
      .array(fc.nat(2 ** 26), { minLength: 1, maxLength: 8 })
      .filter((all) => all.some((one) => one > 0));
    const share = fc.oneof(
      fc.constant(1 - 2 ** -53),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    );
    fc.assert(
      fc.property(weights, share, (all, drawn) => {
        assert.ok((all[new WeightedRandomRender(all).pick(drawn)] ?? 0) > 0);
      }),
    );
  });
});
