import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ejectionMs, planEjection, defaultEjectionPolicy as policy } from "./ejection.js";

const alone = { hosts: 10, out: 0 };

describe("a server is ejected", () => {
  const cases = [
    { of: "4 failures in a row", numbers: [4, 4, 4], count: alone, reason: undefined },
    { of: "5 failures in a row", numbers: [5, 5, 5], count: alone, reason: "5 failures in a row" },
    { of: "all of 19 calls", numbers: [1, 19, 19], count: alone, reason: undefined },
    {
      of: "half of 20 calls",
      numbers: [1, 20, 10],
      count: alone,
      reason: "10 of 20 calls failed in 10 s",
    },
    { of: "less than half of 20 calls", numbers: [1, 20, 9], count: alone, reason: undefined },
    {
      of: "5 in a row, half of all out",
      numbers: [5, 5, 5],
      count: { hosts: 10, out: 5 },
      reason: undefined,
    },
    {
      of: "5 in a row, less than half of all out",
      numbers: [5, 5, 5],
      count: { hosts: 10, out: 4 },
      reason: "5 failures in a row",
    },
    { of: "5 in a row, alone", numbers: [5, 5, 5], count: { hosts: 1, out: 0 }, reason: undefined },
    {
      of: "5 in a row, of two",
      numbers: [5, 5, 5],
      count: { hosts: 2, out: 0 },
      reason: "5 failures in a row",
    },
    { of: "5 in a row, the other out", numbers: [5, 5, 5], count: { hosts: 2, out: 1 }, reason: undefined },
  ] as const;
  for (const { of, numbers, count, reason } of cases) {
    test(`for ${of}: ${reason ?? "no"}`, () => {
      const [consecutiveFailures, calls, failures] = numbers;
      const record = { isOnTrial: false, consecutiveFailures, calls, failures };
      assert.equal(planEjection(record, count, policy), reason);
    });
  }

  test("for one failure when it came back and has not answered since", () => {
    const record = { isOnTrial: true, consecutiveFailures: 1, calls: 1, failures: 1 };
    assert.equal(planEjection(record, alone, policy), "its first call since it came back failed");
    assert.equal(planEjection(record, { hosts: 2, out: 1 }, policy), undefined);
  });

  test("for longer each time, up to the longest", () => {
    const lengths = [1, 2, 9, 10, 11, 100].map((nth) => ejectionMs(nth, policy) / 1000);
    assert.deepEqual(lengths, [30, 60, 270, 300, 300, 300]);
  });
});
