import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Lane } from "./lane.js";

const step = fc.oneof(
  fc.constant({ kind: "add" } as const),
  fc.record({ kind: fc.constant("remove" as const), at: fc.nat(300) }),
  fc.record({ kind: fc.constant("take" as const), count: fc.nat(40) }),
);

test("a lane keeps the order of those who came and did not leave, whoever leaves", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600, size: "max" }), (steps) => {
      const lane = new Lane<{ id: number; place: number }>();
      const came: { id: number; place: number }[] = [];
      let expected: typeof came = [];
      const leave = (leaving: (typeof came)[number] | undefined) => {
        if (!leaving) return;
        assert.equal(lane.remove(leaving), expected.includes(leaving));
        expected = expected.filter((member) => member !== leaving);
      };
      for (const next of steps) {
        if (next.kind === "add") {
          const member = { id: came.length, place: 0 };
          came.push(member);
          expected.push(member);
          lane.add(member);
        } else if (next.kind === "remove") leave(came[next.at]);
        else for (const member of expected.slice(0, next.count)) leave(member);
        assert.equal(lane.size, expected.length);
        assert.deepEqual([...lane], expected);
      }
    }),
    { numRuns: 50 },
  );
});

test("members may leave while somebody looks along the lane, and nobody is passed over", () => {
  const lane = new Lane<{ place: number }>();
  const members = Array.from({ length: 500 }, () => ({ place: 0 }));
  for (const member of members) lane.add(member);
  const seen = [];
  for (const member of lane) {
    seen.push(member);
    lane.remove(member);
  }
  assert.deepEqual([seen, lane.size], [members, 0]);
});
