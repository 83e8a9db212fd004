import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { AutoLimiter } from "./auto-limiter.js";
import { autoLimits } from "./plan-limit.js";
import { SimulatedServer } from "./testing/simulated-server.js";

/** Numbers from 0 to below 1 that a seed tells. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const server = fc.record({
  workers: fc.integer({ min: 4, max: 64 }),
  serviceMs: fc.integer({ min: 5, max: 50 }),
  load: fc.constantFrom(1.5, 3, 10),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
});

/** The first calls come together and end together, again and again: one more lot of them in a window is a tenth more. */
const callsInStep: [{ workers: number; serviceMs: number; load: number; seed: number }][] = [
  [{ workers: 20, serviceMs: 11, load: 10, seed: 290_887 }],
  [{ workers: 20, serviceMs: 21, load: 10, seed: 15 }],
];

describe("the auto limiter before a server that gets more calls than it can answer", () => {
  test("comes near to what the server needs, whatever that is", () => {
    fc.assert(
      fc.property(server, ({ seed, ...load }) => {
        const random = randomOf(seed);
        const limiter = new AutoLimiter({ subject: "calls", random });
        const simulated = new SimulatedServer(limiter, random);
        simulated.run({ ...load, durationMs: 15_000 });
        const { goodput, meanLatencyMs } = simulated.run({ ...load, durationMs: 5000 });
        assert.ok(goodput >= 0.8, `answers ${goodput} of what it could`);
        // With few workers the limit cannot be finer, and a short lull of the calls looks like workers left idle by it.
        const longest = load.serviceMs * Math.max(2, (4 * autoLimits.min) / load.workers);
        assert.ok(meanLatencyMs <= longest, `${meanLatencyMs} ms of ${load.serviceMs} ms`);
      }),
      { numRuns: 15, examples: callsInStep },
    );
  });

  test("finds its way when the server becomes slower, and back", () => {
    fc.assert(
      fc.property(server, ({ seed, ...load }) => {
        const random = randomOf(seed);
        const simulated = new SimulatedServer(new AutoLimiter({ subject: "calls", random }), random);
        simulated.run({ ...load, durationMs: 10_000 });
        for (const serviceMs of [load.serviceMs * 3, load.serviceMs]) {
          simulated.run({ ...load, serviceMs, durationMs: 55_000 });
          const { goodput, meanLatencyMs } = simulated.run({ ...load, serviceMs, durationMs: 10_000 });
          assert.ok(goodput >= 0.8, `answers ${goodput} of what it could`);
          assert.ok(meanLatencyMs <= 3 * serviceMs, `${meanLatencyMs} ms of ${serviceMs} ms`);
        }
      }),
      { numRuns: 5 },
    );
  });
});
