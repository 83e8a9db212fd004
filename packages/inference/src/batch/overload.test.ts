import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "@paddlewheel/onnx";
import fc from "fast-check";
import { capacityOf, LineSimulation, type SimulatedModel } from "../testing/line-simulation.js";
import { lineLimits } from "./plan-admission.js";

const second = 1000;
const wide: SimulatedModel = { copies: 2, runMs: 5, maxRows: 1 };

describe("a line at three times what the model can do", () => {
  test("keeps goodput at 95 % of the peak and the p99 at four times a run, over a minute from the first request", async () => {
    const simulation = new LineSimulation(wide);
    simulation.comeAtRate(3 * capacityOf(wide), seededRandom(1));
    const outcome = await simulation.run(60 * second);
    const goodput = outcome.answerMs.length / (capacityOf(wide) * 60 * second);
    assert.ok(goodput >= 0.95, `goodput is ${goodput} of the peak`);
    assert.ok(outcome.percentile(99) <= 4 * wide.runMs, `p99 is ${outcome.percentile(99)} ms`);
    assert.ok(outcome.longestLine <= 100, `${outcome.longestLine} waited`);
  });

  test("does so for models of all sorts", async () => {
    const model = fc.record({
      copies: fc.integer({ min: 1, max: 4 }),
      runMs: fc.constantFrom(2, 5, 12, 30),
      maxRows: fc.constantFrom(1, 1, 4),
    });
    const times = fc.double({ min: 2.5, max: 6, noNaN: true });
    const property = fc.asyncProperty(model, times, fc.nat(), async (model, times, seed) => {
      const simulation = new LineSimulation(model);
      simulation.comeAtRate(times * capacityOf(model), seededRandom(seed));
      const ms = second + 400 * model.runMs;
      const outcome = await simulation.run(ms);
      const goodput = outcome.answerMs.length / (capacityOf(model) * ms);
      assert.ok(goodput >= 0.95, `goodput is ${goodput} of the peak`);
      const p95 = outcome.percentile(95);
      assert.ok(p95 <= 4 * model.runMs + lineLimits.minOverloadWaitMs, `p95 is ${p95} ms`);
    });
    await fc.assert(property, { numRuns: 8 });
  });

  test("answers a crowd again as soon as it is over", async () => {
    const simulation = new LineSimulation(wide);
    simulation.comeAtRate(3 * capacityOf(wide), seededRandom(1));
    await simulation.run(second);
    simulation.comeAtRate(0);
    await simulation.run(300);
    const { refused } = simulation.outcome;
    simulation.comeAtOnce(64);
    await simulation.run(second);
    assert.equal(simulation.outcome.refused, refused);
  });
});

describe("a line that does not grow", () => {
  test("refuses nobody of 64 callers who ask a model at once, and again when they are answered", async () => {
    const simulation = new LineSimulation(wide);
    simulation.comeByTurns(64);
    const outcome = await simulation.run(5 * second);
    assert.equal(outcome.refused, 0);
    assert.equal(outcome.percentile(99), 32 * wide.runMs);
  });

  test("refuses nobody of the crowds that come now and then", async () => {
    const simulation = new LineSimulation(wide);
    for (let crowd = 0; crowd < 5; crowd++) {
      simulation.comeAtOnce(64);
      await simulation.run(300);
    }
    assert.deepEqual([simulation.outcome.refused, simulation.outcome.answerMs.length], [0, 5 * 64]);
  });

  test("refuses nobody of those who come by chance at four fifths of the peak", async () => {
    const simulation = new LineSimulation(wide);
    simulation.comeAtRate(0.8 * capacityOf(wide), seededRandom(1));
    assert.equal((await simulation.run(10 * second)).refused, 0);
  });
});

test("who waits too long because runs become longer makes room for those who came later", async () => {
  const model = { ...wide, copies: 1 };
  const simulation = new LineSimulation(model);
  simulation.comeAtRate(3 * capacityOf(model), seededRandom(1));
  await simulation.run(second);
  simulation.outcome.answerMs.length = 0;
  simulation.runMs = 3 * model.runMs;
  const outcome = await simulation.run(5 * second);
  assert.ok(outcome.percentile(99) <= 4 * simulation.runMs, `p99 is ${outcome.percentile(99)} ms`);
});
