import type { LatencyHistogram } from "@paddlewheel/core";
import type { CallTally } from "./call-tally.js";
import type { LoadPlan } from "./load-plan.js";

/** What a run found out; `--json` prints it. */
export interface LoadReport {
  readonly plan: LoadPlan;
  /** Answers and errors of calls that were due within the time. */
  readonly calls: number;
  /** Answers that came within the time. */
  readonly answersPerSecond: number;
  /** By the name of the code. */
  readonly errors: Readonly<Record<string, number>>;
  /** What the first call that failed was told. */
  readonly firstError: string | undefined;
  /** Of answers; from when a call was due. */
  readonly latencyMs: Readonly<Record<"mean" | "p50" | "p90" | "p99" | "p99.9" | "max", number>>;
  /** Answers that took at most so long, and longer than those before. */
  readonly histogram: readonly HistogramRow[];
  /** Time of a core that the calling process needed, as a share of one. */
  readonly clientCpu: number;
}

export interface HistogramRow {
  readonly upToMs: number;
  readonly count: number;
}

export function createLoadReport(plan: LoadPlan, tally: CallTally, clientCpu: number): LoadReport {
  const { latencies } = tally;
  return {
    plan,
    calls: tally.answers + tally.errorCount,
    answersPerSecond: tally.answersInTime / (plan.durationMs / 1000),
    errors: Object.fromEntries(tally.errors),
    firstError: tally.firstError?.message,
    latencyMs: {
      mean: tally.meanMs,
      p50: tally.percentileMs(0.5),
      p90: tally.percentileMs(0.9),
      p99: tally.percentileMs(0.99),
      "p99.9": tally.percentileMs(0.999),
      max: tally.maxMs,
    },
    histogram: histogramRows(latencies),
    clientCpu,
  };
}

/** From the first to the last row that has any; bounds are 1, 2 and 5 of each power of ten, up to more than a call takes. */
function histogramRows(latencies: LatencyHistogram): readonly HistogramRow[] {
  const bounds = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
  const totals = bounds.map((us) => latencies.countUpTo(us));
  const rows = bounds.map((us, i) => ({
    upToMs: us / 1000,
    count: (totals[i] ?? 0) - (totals[i - 1] ?? 0),
  }));
  const hasAny = ({ count }: HistogramRow): boolean => count > 0;
  return rows.slice(rows.findIndex(hasAny), rows.findLastIndex(hasAny) + 1);
}
