import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { tableOf } from "../flags/flag.js";
import { parseFlags } from "../flags/parse-flags.js";
import { UsageError } from "../usage-error.js";
import { benchCommand } from "./bench-command.js";
import { type LoadPlan, readLoadPlan } from "./load-plan.js";

function planOf(...args: readonly string[]): LoadPlan {
  return readLoadPlan(parseFlags(tableOf(benchCommand.groups), args).values);
}

describe("readLoadPlan", () => {
  test("has 16 calls in flight for 10 s, after 1 s of warm-up", () => {
    assert.deepEqual(planOf(), { load: { concurrency: 16 }, warmUpMs: 1000, durationMs: 10_000 });
  });

  test("reads short flags, and times with their units", () => {
    assert.deepEqual(planOf("-c", "64", "-d", "2m", "--warmup", "500ms"), {
      load: { concurrency: 64 },
      warmUpMs: 500,
      durationMs: 120_000,
    });
    assert.deepEqual(planOf("--rate", "500", "-d", "1.5", "--warmup", "0"), {
      load: { rate: 500 },
      warmUpMs: 0,
      durationMs: 1500,
    });
  });

  test("refuses two kinds of load, and times that are none", () => {
    assert.throws(
      () => planOf("--rate", "5", "-c", "1"),
      new UsageError("--rate and --concurrency: give one of them"),
    );
    for (const text of ["10h", "", "two", "3000m"]) {
      const message = `--duration must be a time of at most a day such as 500ms, 10s or 2m, not "${text}"`;
      assert.throws(() => planOf(`--duration=${text}`), new UsageError(message));
    }
  });
});
