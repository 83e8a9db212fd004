import type { CanaryState, Difference, ShadowReport } from "@paddlewheel/client";
import { type CallRange, threeSigma } from "./expected-shares.js";
import type { VariantTally } from "./variant-tally.js";

/** What a trial found out; `--json` prints it. */
export interface AbReport {
  readonly endpoint: string;
  readonly calls: number;
  readonly durationMs: number;
  readonly tolerance: number;
  /** Tag of the variant whose answer the others are compared with. */
  readonly reference: string;
  /** Those that should have calls. */
  readonly variants: readonly VariantReport[];
  /** Undefined where no variant is on trial. */
  readonly canary: CanaryState | undefined;
  /** Undefined where calls are not copied. */
  readonly shadow: ShadowReport | undefined;
}

export interface VariantReport {
  readonly variant: string;
  readonly calls: number;
  readonly share: number;
  readonly expectedShare: number;
  /** Numbers of calls within 3 sigma of the expected share. */
  readonly expectedCalls: CallRange;
  readonly isAsExpected: boolean;
  /** By the name of the code. */
  readonly errors: Readonly<Record<string, number>>;
  readonly firstError: string | undefined;
  /** Of answers. */
  readonly latencyMs: Readonly<Record<"p50" | "p95" | "p99", number>>;
  readonly answersPerSecond: number;
  readonly answers: number;
  /** Answers equal to the reference, within the tolerance. */
  readonly equalAnswers: number;
  /** Largest difference of two numbers from the reference; Infinity, in JSON null, where only one was finite. */
  readonly maxAbsolute: number;
  /** The same as a share of the larger number. */
  readonly maxRelative: number;
  readonly firstDifference: Difference | undefined;
}

export interface AbRun extends Omit<AbReport, "calls" | "variants"> {
  readonly shares: ReadonlyMap<string, number>;
  readonly tallies: ReadonlyMap<string, VariantTally>;
}

export function createAbReport({ shares, tallies, ...run }: AbRun): AbReport {
  const callsOf = ({ calls: { answers, errorCount } }: VariantTally): number => answers + errorCount;
  const calls = [...tallies.values()].reduce((sum, tally) => sum + callsOf(tally), 0);
  const variants = [...tallies].map(([variant, tally]): VariantReport => {
    const expectedShare = shares.get(variant) ?? 0;
    const expectedCalls = threeSigma(calls, expectedShare);
    const own = callsOf(tally);
    return {
      variant,
      calls: own,
      share: own / calls,
      expectedShare,
      expectedCalls,
      isAsExpected: own >= expectedCalls.from && own <= expectedCalls.to,
      ...outcomeOf(tally, run.durationMs),
    };
  });
  return { ...run, calls, variants };
}

function outcomeOf(tally: VariantTally, durationMs: number) {
  const { calls, equalAnswers, maxAbsolute, maxRelative, firstDifference } = tally;
  return {
    errors: Object.fromEntries(calls.errors),
    firstError: calls.firstError?.message,
    latencyMs: {
      p50: calls.percentileMs(0.5),
      p95: calls.percentileMs(0.95),
      p99: calls.percentileMs(0.99),
    },
    answersPerSecond: (calls.answers / durationMs) * 1000,
    answers: calls.answers,
    equalAnswers,
    maxAbsolute,
    maxRelative,
    firstDifference,
  };
}
