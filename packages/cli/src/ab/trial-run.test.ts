import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkPredictors, compareMessages, type Predictor } from "@paddlewheel/client";
import { Code, ServeError } from "@paddlewheel/core";
import { ManualClock } from "@paddlewheel/core/testing";
import { createAbReport } from "./ab-report.js";
import type { Trial } from "./read-trial.js";
import { renderAbReport } from "./render-ab-report.js";
import { TrialRun } from "./trial-run.js";

interface Called {
  readonly tag: string;
  readonly isNamed: boolean;
}

interface Setting {
  readonly shares: Readonly<Record<string, number>>;
  /** Variants in the order that they are picked in, again and again. */
  readonly turns: readonly string[];
  readonly answer: (tag: string) => object;
  readonly callCount?: number;
}

/** A trial of variants that each take 2 ms. */
async function run({ shares, turns, answer, callCount = 10 }: Setting) {
  const clock = new ManualClock();
  const called: Called[] = [];
  let turn = 0;
  const api = {
    fetchPredictor: (_: string, { variant }: { variant?: string } = {}) => {
      const tag = variant ?? turns[turn++ % turns.length] ?? "";
      const call = async () => {
        called.push({ tag, isNamed: variant !== undefined });
        clock.advance(2);
        return answer(tag);
      };
      return { variant: tag, call } as unknown as Predictor;
    },
  };
  const variants = Object.keys(shares).map((tag) => ({ tag, naming_conf: { cluster: "127.0.0.1:1" } }));
  const weighted_random_render_conf = { variant_weight_list: variants.map(() => 1).join("|") };
  const report = checkPredictors({ predictors: [{ name: "ab", variants, weighted_random_render_conf }] });
  const conf = report.conf?.predictors[0];
  assert.ok(conf);
  const trial: Trial = {
    file: "",
    conf,
    method: "inference",
    request: {},
    split: undefined,
    callCount,
    concurrency: 1,
    tolerance: 0.1,
    compare: compareMessages,
  };
  const run = new TrialRun({ api: api as never, trial, shares: new Map(Object.entries(shares)), clock });
  const ended = await run.run();
  return {
    report: createAbReport({
      endpoint: "ab",
      tolerance: 0.1,
      shares: new Map(Object.entries(shares)),
      canary: undefined,
      shadow: undefined,
      ...ended,
    }),
    called,
    endedCalls: run.endedCalls,
  };
}

describe("a trial", () => {
  test("divides its calls, and compares answers with that of the variant with the most", async () => {
    const { report, called, endedCalls } = await run({
      shares: { new: 0.2, old: 0.8 },
      turns: ["old", "old", "new", "old", "old"],
      answer: (tag) => ({ score: tag === "new" ? 1.5 : 1 }),
    });
    assert.equal(endedCalls, 10);
    assert.deepEqual(
      called.filter(({ isNamed }) => isNamed).map(({ tag }) => tag),
      ["old", "new"],
    );
    const [first, second] = report.variants;
    assert.deepEqual([report.reference, report.calls, report.durationMs], ["old", 10, 20]);
    assert.deepEqual(first, {
      variant: "new",
      calls: 2,
      share: 0.2,
      expectedShare: 0.2,
      expectedCalls: { from: 0, to: 5 },
      isAsExpected: true,
      errors: {},
      firstError: undefined,
      latencyMs: { p50: 1.999, p95: 1.999, p99: 1.999 },
      answersPerSecond: 100,
      answers: 2,
      equalAnswers: 0,
      maxAbsolute: 0.5,
      maxRelative: 0.5 / 1.5,
      firstDifference: { path: "score", message: "1.5, not 1" },
    });
    assert.deepEqual([second?.equalAnswers, second?.answers], [8, 8]);
    assert.equal(
      renderAbReport(report),
      [
        "ab: 10 calls in 0.02 s",
        "variant  calls  share   by weight  3 sigma  errors  p50   p95   p99 ms  answers/s  equal to old  max difference",
        "new      2      20.0 %  20.0 %     within   none    2.00  2.00  2.00    100.0      0 of 2        0.5",
        "old      8      80.0 %  80.0 %     within   none    2.00  2.00  2.00    400.0      8 of 8        0",
        "",
        "new differs first in score: 1.5, not 1",
      ].join("\n"),
    );
  });

  test("counts errors by code, and tells of a share that is off", async () => {
    const { report } = await run({
      shares: { new: 0.01, old: 0.99 },
      turns: ["new"],
      answer: (tag) => {
        if (tag === "new") throw new ServeError(Code.opFailure, "no luck");
        return {};
      },
    });
    const lines = renderAbReport(report).split("\n");
    assert.equal(
      lines[2],
      "new      10     100.0 %  1.0 %      not 0 to 1   opFailure 10  -    -    -       0.0        0 of 0        0",
    );
    assert.equal(lines.at(-1), "new failed first with: no luck");
  });

  test("tells of a shadow, and of a canary that was rolled back", async () => {
    const { report } = await run({ shares: { a: 1 }, turns: ["a"], answer: () => ({}) });
    const lines = renderAbReport({
      ...report,
      canary: {
        variant: "b",
        percent: 0,
        isRolledBack: true,
        rollBacks: 1,
        canary: { calls: 50, failures: 9 },
        stable: { calls: 900, failures: 0 },
      },
      shadow: {
        variant: "c",
        inFlight: 0,
        compared: 8,
        equal: 7,
        different: 1,
        failed: { opFailure: 1 },
        dropped: 2,
        tooLarge: 3,
        maxAbsolute: 0.12345,
        maxRelative: 0.1,
        examples: [],
      },
    }).split("\n");
    assert.deepEqual(lines.slice(-2), [
      "canary b was rolled back: 9 of 50 calls failed, then it got no more",
      "shadow c: 7 of 8 copies equal, max difference 0.123; errors opFailure 1; 2 calls not copied, 3 too large",
    ]);
  });

  test("does not begin without an answer to compare with", () =>
    assert.rejects(
      run({
        shares: { a: 1 },
        turns: ["a"],
        answer: () => {
          throw new ServeError(Code.unavailable, "nobody there");
        },
      }),
      { code: Code.unavailable },
    ));
});
