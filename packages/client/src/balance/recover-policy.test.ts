import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "@paddlewheel/core/testing";
import { planAdmission, RecoverPolicy } from "./recover-policy.js";
import { seededRandom } from "./testing/seeded-random.js";

const conf = { minWorkingInstances: 4, holdSeconds: 10 };

test("servers bear the share of the load that they are of the least that bears all", () => {
  assert.equal(planAdmission(0, conf), 0);
  assert.equal(planAdmission(1, conf), 0.25);
  assert.equal(planAdmission(4, conf), 1);
  assert.equal(planAdmission(9, conf), 1);
});

describe("the recover policy", () => {
  function create() {
    const clock = new ManualClock();
    const policy = new RecoverPolicy(conf, { random: seededRandom(1) });
    const admitted = (): number =>
      Array.from({ length: 4000 }, () => policy.admits(clock.now())).filter((isIn) => isIn).length / 4000;
    return { clock, policy, admitted };
  }

  test("lets every call in as long as not all servers were down", () => {
    const { clock, policy, admitted } = create();
    for (const working of [1, 3, 1]) {
      policy.onWorking(working, clock.now());
      assert.equal(admitted(), 1);
    }
  });

  test("lets in what the servers can bear that are back after all were down", () => {
    const { clock, policy, admitted } = create();
    policy.onWorking(3, clock.now());
    policy.onWorking(0, clock.now());
    assert.equal(admitted(), 0);
    policy.onWorking(1, clock.now());
    assert.ok(Math.abs(admitted() - 0.25) < 0.03);
    policy.onWorking(3, clock.now());
    assert.ok(Math.abs(admitted() - 0.75) < 0.03);
    policy.onWorking(4, clock.now());
    assert.equal(admitted(), 1);
  });

  test("is over when the number of working servers was the same for long", () => {
    const { clock, policy, admitted } = create();
    policy.onWorking(1, clock.now());
    policy.onWorking(0, clock.now());
    policy.onWorking(2, clock.now());
    clock.advance(10_000);
    assert.ok(admitted() < 1);
    clock.advance(1);
    assert.equal(admitted(), 1);
    policy.onWorking(1, clock.now());
    assert.equal(admitted(), 1);
  });
});
