import { cpuMicrosPerRequest, type MeasuredWindow, requestsPerSecond } from "../measure/measured-window.js";
import { ratioPerRound, type Spread, spreadOf } from "../measure/statistics.js";
import type { CaseResult, ContenderResult } from "../run/run-case.js";

/** The figures of one contender over all rounds of a case. */
export interface ContenderSummary {
  readonly key: string;
  readonly title: string;
  readonly requestsPerSecond: Spread;
  /** Times the baseline's, per round: above 1 is faster than the baseline. */
  readonly requestsRatio: Spread;
  readonly cpuMicrosPerRequest: Spread;
  /** The baseline's CPU time over this one's, per round: above 1 is cheaper than the baseline. */
  readonly cpuRatio: Spread;
  readonly p50Micros: Spread;
  readonly p99Micros: Spread;
  readonly peakRssBytes: number;
  readonly loaderBusy: number;
  readonly errors: number;
  readonly errorSamples: readonly string[];
}

/** Summaries in the order of the contenders, each compared with the first. */
export function summarizeCase({ contenders }: CaseResult): readonly ContenderSummary[] {
  const baseline = contenders[0]?.windows ?? [];
  return contenders.map((contender) => summarize(contender, baseline));
}

function summarize(
  { key, title, windows }: ContenderResult,
  baseline: readonly MeasuredWindow[],
): ContenderSummary {
  const requests = windows.map(requestsPerSecond);
  const cpu = windows.map(cpuMicrosPerRequest);
  return {
    key,
    title,
    requestsPerSecond: spreadOf(requests),
    requestsRatio: ratioPerRound(requests, baseline.map(requestsPerSecond)),
    cpuMicrosPerRequest: spreadOf(cpu),
    cpuRatio: ratioPerRound(baseline.map(cpuMicrosPerRequest), cpu),
    p50Micros: spreadOf(windows.map(({ p50Micros }) => p50Micros)),
    p99Micros: spreadOf(windows.map(({ p99Micros }) => p99Micros)),
    peakRssBytes: Math.max(...windows.map(({ peakRssBytes }) => peakRssBytes)),
    loaderBusy: Math.max(...windows.map(({ loaderBusy }) => loaderBusy)),
    errors: windows.reduce((sum, { errors }) => sum + errors, 0),
    errorSamples: [...new Set(windows.flatMap(({ errorSamples }) => errorSamples))],
  };
}
