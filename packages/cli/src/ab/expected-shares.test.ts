import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkPredictors } from "@paddlewheel/client";
import type { SdkPredictor } from "@paddlewheel/conf";
import fc from "fast-check";
import { expectedShares, threeSigma } from "./expected-shares.js";

function sharesOf(tags: readonly string[], conf: Partial<SdkPredictor>): object {
  const variants = tags.map((tag) => ({ tag, naming_conf: { cluster: "127.0.0.1:1" } }));
  const predictor = checkPredictors({ predictors: [{ variants, ...conf }] }).conf?.predictors[0];
  assert.ok(predictor);
  return Object.fromEntries(expectedShares(predictor));
}

describe("expected shares", () => {
  test("are those of the weights, without variants that have none", () => {
    const weighted_random_render_conf = { variant_weight_list: "10|0|30" };
    assert.deepEqual(sharesOf(["a", "b", "c"], { weighted_random_render_conf }), { a: 0.25, c: 0.75 });
    assert.deepEqual(sharesOf(["a"], {}), { a: 1 });
  });

  test("are what a canary leaves, and its percentage", () => {
    assert.deepEqual(
      sharesOf(["a", "b"], { canary: { variant: "b", percent: 20 }, shadow: { variant: "b" } }),
      {
        a: 0.8,
        b: 0.2,
      },
    );
  });
});

describe("3 sigma", () => {
  test("are about the mean, and within what there is", () => {
    assert.deepEqual(threeSigma(1000, 0.1), { from: 72, to: 128 });
    assert.deepEqual(threeSigma(7, 1), { from: 7, to: 7 });
    fc.assert(
      fc.property(fc.nat(1e7), fc.double({ min: 0, max: 1, noNaN: true }), (calls, share) => {
        const { from, to } = threeSigma(calls, share);
        assert.ok(from >= 0 && to <= calls);
        assert.ok(from <= Math.ceil(calls * share) && to >= Math.floor(calls * share));
      }),
    );
  });
});
