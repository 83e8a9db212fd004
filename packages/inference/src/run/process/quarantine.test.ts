import assert from "node:assert/strict";
import { test } from "node:test";
import { takes, tensor, tensors, variable } from "../../testing/tensors.js";
import { digestTensors, Quarantine, quarantineLimits } from "./quarantine.js";

test("holds inputs that ended two processes, for ten minutes after the last", () => {
  const quarantine = new Quarantine();
  const leftMs = (now: number) => quarantine.leftMs(() => "a", now);
  quarantine.blame("a", 1, 0);
  assert.equal(leftMs(1), 0);
  quarantine.blame("a", 1, 1000);
  assert.deepEqual([leftMs(1000), leftMs(600_999), leftMs(601_000)], [600_000, 1, 0]);
  quarantine.blame("a", 1, 601_000);
  assert.equal(leftMs(601_000), 0);
});

test("remembers so many inputs, and forgets the longest known first", () => {
  const quarantine = new Quarantine();
  for (let i = 0; i <= quarantineLimits.maxEntries; i++) quarantine.blame(`${i}`, 2, 0);
  const held = [0, 1, quarantineLimits.maxEntries].map((i) => quarantine.leftMs(() => `${i}`, 0) > 0);
  assert.deepEqual(held, [false, true, true]);
});

test("digests nothing while nothing is blamed", () => {
  assert.equal(
    new Quarantine().leftMs(() => assert.fail("digested"), 0),
    0,
  );
});

test("digests of inputs differ by shape, by value and by where a text ends", () => {
  const { inputs } = takes(variable("x", "float32", ["N"]), variable("s", "string", ["N"]));
  const digestOf = (shape: number[], x: number, s: string[]) => {
    const floats = tensor("float32", shape, Float32Array.of(x, 0));
    return digestTensors(inputs, tensors({ x: floats, s: tensor("string", [s.length], s) }));
  };
  const digests = [
    digestOf([2], 0, ["ab", "c"]),
    digestOf([2, 1], 0, ["ab", "c"]),
    digestOf([2], -0, ["ab", "c"]),
    digestOf([2], 0, ["a", "bc"]),
  ];
  assert.equal(new Set(digests).size, digests.length);
  assert.equal(digestOf([2], 0, ["ab", "c"]), digests[0]);
});
