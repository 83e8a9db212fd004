import assert from "node:assert/strict";
import { test } from "node:test";
import { RunEstimate } from "./run-estimate.js";

test("the time of a run starts with the first one, and follows those that come", () => {
  const estimate = new RunEstimate();
  assert.equal(estimate.runMs, 0);
  estimate.add(10);
  assert.equal(estimate.runMs, 10);
  for (let i = 0; i < 20; i++) estimate.add(30);
  assert.ok(Math.abs(estimate.runMs - 30) < 1);
});

test("one run that met a pause counts as four usual ones", () => {
  const estimate = new RunEstimate(10);
  estimate.add(100_000);
  assert.equal(estimate.runMs, 16);
});
