import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { planParts } from "./plan-parts.js";

describe("planParts", () => {
  const cases: readonly (readonly [what: string, count: number, sizes: readonly number[]])[] = [
    ["leaves few items together", 20, [20]],
    ["cuts packages, and what is left", 45, [20, 20, 5]],
    ["makes packages larger when there would be too many", 100, [34, 34, 32]],
    ["has one part of nothing", 0, [0]],
  ];
  for (const [what, count, sizes] of cases) {
    test(what, () => {
      const parts = planParts(count, { packageSize: 20, maxChannelPerRequest: 3 });
      assert.deepEqual(
        parts.map(({ begin, end }) => end - begin),
        sizes,
      );
    });
  }

  test("covers all items once, in order, within its limits", () => {
    const positive = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(fc.nat(10_000), positive, positive, (count, packageSize, maxChannelPerRequest) => {
        const parts = planParts(count, { packageSize, maxChannelPerRequest });
        assert.ok(parts.length <= maxChannelPerRequest);
        assert.deepEqual([parts[0].begin, parts.at(-1)?.end], [0, count]);
        for (const [index, { begin, end }] of parts.entries()) {
          assert.equal(begin, parts[index - 1]?.end ?? 0);
          assert.ok(end > begin || count === 0);
        }
      }),
    );
  });
});
