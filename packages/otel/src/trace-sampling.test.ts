import assert from "node:assert/strict";
import { test } from "node:test";
import { newTraceId } from "@paddlewheel/core";
import { createTraceSampling } from "./trace-sampling.js";

const ids = Array.from({ length: 2000 }, newTraceId);
const parent = (isSampled: boolean) => ({ traceId: "", parentSpanId: undefined, isSampled, state: "" });

test("the ratio decides over traces that begin here, the same for the same trace", () => {
  const keptAt = (sampleRatio: number): ReadonlySet<string> => {
    const isKept = createTraceSampling({ sampleRatio, followsParent: true });
    return new Set(ids.filter((id) => isKept(id, undefined)));
  };
  const [none, few, half, all] = [0, 0.25, 0.5, 1].map(keptAt);
  assert.deepEqual([none?.size, all?.size], [0, ids.length]);
  // Further from the mean than six standard deviations: once in a billion runs.
  assert.ok(Math.abs((few?.size ?? 0) - 500) < 120);
  assert.ok([...(few ?? [])].every((id) => half?.has(id)));
});

test("the caller decides over traces that it began, unless it is not asked", () => {
  const never = createTraceSampling({ sampleRatio: 0, followsParent: true });
  const always = createTraceSampling({ sampleRatio: 1, followsParent: true });
  const stubborn = createTraceSampling({ sampleRatio: 1, followsParent: false });
  const id = newTraceId();
  assert.deepEqual([never(id, parent(true)), always(id, parent(false))], [true, false]);
  assert.equal(stubborn(id, parent(false)), true);
});
