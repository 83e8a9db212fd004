import assert from "node:assert/strict";
import { test } from "node:test";
import { type CaseOptions, planCases, suiteNames } from "./bench-case.js";

const unset: CaseOptions = {
  suites: suiteNames,
  isQuick: false,
  rounds: undefined,
  seconds: undefined,
  warmupSeconds: undefined,
  inFlight: undefined,
  connections: undefined,
};

/** Seconds that all windows and warm-ups of `contenders` contenders take. */
function duration(options: CaseOptions, contenders: number): number {
  const cases = planCases(options);
  return cases.reduce(
    (sum, { rounds, seconds, warmupSeconds }) => sum + rounds * (seconds + warmupSeconds) * contenders,
    0,
  );
}

test("the suites load a tiny model one by one and many at once, and larger ones many at once", () => {
  assert.deepEqual(
    planCases(unset).map(({ model, inFlight, connections }) => [model, inFlight, connections]),
    [
      ["linear", 64, 8],
      ["linear", 1, 1],
      ["mlp", 64, 8],
      ["resnet50", 8, 8],
    ],
  );
});

test("three contenders are loaded for less than five minutes, in a quick run for less than 40 seconds", () => {
  assert.ok(duration(unset, 3) < 300);
  assert.ok(duration({ ...unset, isQuick: true }, 3) < 40);
});

test("options replace what the suites say, also in a quick run", () => {
  const options = { rounds: 9, seconds: 4, warmupSeconds: 0, connections: 3 };
  for (const isQuick of [false, true]) {
    const [planned] = planCases({ ...unset, ...options, isQuick });
    assert.deepEqual(planned, { model: "linear", inFlight: 64, ...options });
  }
});

test("with calls in flight given, a suite runs once", () => {
  const cases = planCases({ ...unset, suites: ["linear"], inFlight: 16 });
  assert.deepEqual(
    cases.map(({ inFlight }) => inFlight),
    [16],
  );
});

test("there are never more connections than calls in flight", () => {
  const [planned] = planCases({ ...unset, inFlight: 2, connections: 50 });
  assert.equal(planned?.connections, 2);
});
