import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TensorMap } from "@paddlewheel/core";
import fc from "fast-check";
import { tensor, tensors } from "../testing/tensors.js";
import { CacheBudget } from "./cache-budget.js";
import { bytesOfResult, type CacheKey, RequestCache } from "./request-cache.js";

/** Every fifth input has the same hash. */
const keyOf = (input: number): CacheKey => ({
  hash: input % 5,
  inputs: tensors({ x: tensor("int32", [1], Int32Array.of(input)) }),
});

/** As many elements as the input says, so that results differ in size. */
const outputsOf = (input: number, run: number): TensorMap =>
  tensors({ y: tensor("int32", [input * 20], new Int32Array(input * 20).fill(run)) });

function overwrite(outputs: TensorMap): void {
  for (const { data } of outputs.values()) (data as Int32Array).fill(0);
}

const bytesOf = (input: number): number => bytesOfResult(keyOf(input).inputs, outputsOf(input, 0));

interface ModelEntry {
  readonly version: number;
  readonly input: number;
  readonly run: number;
}

/** What the caches of two versions must do, by looking through a list: what was used last comes last. */
class NaiveCaches {
  readonly maxBytes: number;
  entries: ModelEntry[] = [];
  evicted = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.entries.reduce((sum, { input }) => sum + bytesOf(input), 0);
  }

  find(version: number, input: number): TensorMap | undefined {
    const found = this.entries.find((entry) => entry.version === version && entry.input === input);
    if (!found) return undefined;
    this.entries = [...this.entries.filter((entry) => entry !== found), found];
    return outputsOf(input, found.run);
  }

  keep(version: number, input: number, run: number): void {
    if (bytesOf(input) > this.maxBytes / 4) return;
    const { hash } = keyOf(input);
    this.entries = this.entries.filter(
      (entry) => entry.version !== version || keyOf(entry.input).hash !== hash,
    );
    while (this.bytes + bytesOf(input) > this.maxBytes) {
      this.entries.shift();
      this.evicted++;
    }
    this.entries.push({ version, input, run });
  }

  clear(version: number): void {
    this.entries = this.entries.filter((entry) => entry.version !== version);
  }
}

const step = fc.record({
  act: fc.constantFrom("find", "find", "keep", "keep", "keep", "clear"),
  version: fc.constantFrom(0, 1),
  input: fc.nat({ max: 30 }),
});

test("the caches of two versions do what a list does, with hashes that collide", () => {
  const property = fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const naive = new NaiveCaches(12_000);
    const budget = new CacheBudget(12_000);
    const caches = [new RequestCache(budget), new RequestCache(budget)];
    let evicted = 0;
    for (const [run, { act, version, input }] of steps.entries()) {
      const cache = caches[version] ?? assert.fail();
      if (act === "find") assert.deepEqual(cache.find(keyOf(input)), naive.find(version, input));
      if (act === "clear" && run % 7 === 0) {
        cache.clear();
        naive.clear(version);
      }
      if (act === "keep") {
        const outcome = cache.keep(keyOf(input), outputsOf(input, run));
        if (outcome.isKept) evicted += outcome.evicted;
        naive.keep(version, input, run);
      }
      assert.deepEqual([budget.bytes, budget.shares], [naive.bytes, naive.entries.length]);
    }
    assert.equal(evicted, naive.evicted);
    assert.ok(budget.bytes <= budget.maxBytes);
  });
  fc.assert(property);
});

describe("a request cache", () => {
  test("keeps nothing that takes more than a quarter of its budget", () => {
    const cache = new RequestCache(new CacheBudget(4 * bytesOf(10)));
    assert.deepEqual(cache.keep(keyOf(10), outputsOf(10, 1)), { isKept: true, evicted: 0 });
    assert.deepEqual(cache.keep(keyOf(11), outputsOf(11, 1)), { isKept: false });
    assert.ok(cache.find(keyOf(10)) && !cache.find(keyOf(11)));
    assert.ok(cache.mayKeep(keyOf(11).inputs) && !cache.mayKeep(outputsOf(30, 1)));
  });

  test("has outputs of its own, and gives everybody outputs of their own", () => {
    const cache = new RequestCache(new CacheBudget(10_000));
    const given = outputsOf(1, 7);
    cache.keep(keyOf(1), given);
    overwrite(given);
    const first = cache.find(keyOf(1)) ?? assert.fail();
    assert.deepEqual(first, outputsOf(1, 7));
    overwrite(first);
    assert.deepEqual(cache.find(keyOf(1)), outputsOf(1, 7));
  });
});
