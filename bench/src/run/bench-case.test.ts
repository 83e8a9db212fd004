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

test("the suites load the tiny model one by one and many at once, and all else many at once", () => {
  assert.deepEqual(
    planCases(unset).map(({ suite, workload, inFlight, connections }) => [
      suite,
      workload,
      inFlight,
      connections,
    ]),
    [
      ["linear", "linear", 64, 8],
      ["linear", "linear", 1, 1],
      ["mlp", "mlp", 64, 8],
      ["resnet50", "resnet50", 8, 8],
      ["echo", "echo", 64, 8],
      ["image", "float_data", 8, 8],
      ["image", "tensor_content", 8, 8],
      ["client", "echo", 64, 1],
    ],
  );
});

test("three contenders are loaded for a quarter of an hour at most, in a quick run for less than a minute", () => {
  assert.ok(duration(unset, 3) <= 900);
  assert.ok(duration({ ...unset, isQuick: true }, 3) < 60);
});

test("the network suites with short windows are loaded for less than five and a half minutes", () => {
  const suites = ["linear", "mlp", "echo", "image"] as const;
  assert.ok(duration({ ...unset, suites, seconds: 2 }, 3) < 330);
});

test("options replace what the suites say, also in a quick run", () => {
  const options = { rounds: 9, seconds: 4, warmupSeconds: 0, connections: 3 };
  for (const isQuick of [false, true]) {
    const [planned] = planCases({ ...unset, ...options, isQuick });
    assert.deepEqual(planned, { suite: "linear", workload: "linear", inFlight: 64, ...options });
  }
});

test("with calls in flight given, each workload of a suite runs once", () => {
  const cases = planCases({ ...unset, suites: ["linear", "image"], inFlight: 16 });
  assert.deepEqual(
    cases.map(({ workload, inFlight }) => [workload, inFlight]),
    [
      ["linear", 16],
      ["float_data", 16],
      ["tensor_content", 16],
    ],
  );
});

test("there are never more connections than calls in flight", () => {
  const [planned] = planCases({ ...unset, inFlight: 2, connections: 50 });
  assert.equal(planned?.connections, 2);
});
