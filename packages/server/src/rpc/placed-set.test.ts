import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { noPlace, PlacedSet } from "./placed-set.js";

test("has what was added and not deleted, each once", () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(9)));
  fc.assert(
    fc.property(steps, (all) => {
      const members = Array.from({ length: 10 }, (_, name) => ({ name, place: noPlace }));
      const set = new PlacedSet<{ name: number; place: number }>();
      const expected = new Set<number>();
      for (const [isAdded, name] of all) {
        const member = members[name] ?? { name, place: noPlace };
        if (isAdded) {
          set.add(member);
          expected.add(name);
        } else assert.equal(set.delete(member), expected.delete(name));
      }
      assert.deepEqual(
        set
          .members()
          .map(({ name }) => name)
          .sort((a, b) => a - b),
        [...expected].sort((a, b) => a - b),
      );
    }),
  );
});

test("members may go while they are walked", () => {
  const set = new PlacedSet<{ place: number }>();
  for (let i = 0; i < 3; i++) set.add({ place: noPlace });
  for (const member of set.members()) assert.ok(set.delete(member));
  assert.deepEqual(set.members(), []);
});
