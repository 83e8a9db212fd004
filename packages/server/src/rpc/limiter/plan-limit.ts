import type { WindowSnapshot } from "./sample-window.js";

/** What the auto limiter knows; times in ms of the clock. */
export interface AutoState {
  readonly limit: number;
  /** Latency of calls that wait for nothing; undefined until it is measured. */
  readonly noLoadMs: number | undefined;
  /** Calls answered in a second at best. */
  readonly peakQps: number;
  /** How far above what the server needs the limit is, to find out whether more would bring more. */
  readonly exploreRatio: number;
  /** When the no-load latency is to be measured again. */
  readonly remeasureAt: number;
  /**
   * - steady: the limit follows the measurements.
   * - measuring: it was lowered so that calls wait for nothing, and the next window tells the no-load latency.
   */
  readonly phase: "steady" | "measuring";
  /** Calls that end before this began under a higher limit, and are not counted. */
  readonly settledAt: number;
  /** Throughput of the window before the limit was lowered to measure. */
  readonly qpsBefore: number;
}

/** What is fixed. Source of the values, where nothing else is said: brpc auto_cl_*. */
export const autoLimits = {
  initial: 40,
  /** Calls that come together must not be refused by a server that has nothing to do. */
  min: 4,
  max: 1_000_000,
  minExploreRatio: 0.06,
  maxExploreRatio: 0.3,
  exploreStep: 0.02,
  /** The weight of one window in the no-load latency, when it was lower. */
  latencyWeight: 0.1,
  /**
   * The weight of one second in the peak throughput, when it was lower. brpc counts windows, of which a fast server has
   * many in a second: one that became slow would be limited more and more until its latency is measured again.
   */
  qpsWeight: 0.01,
  /** brpc lowers to 0.9 and never further; a server that starts under load would be left with most of its queue. */
  measureRatio: 0.75,
  /** The no-load latency is measured again after this, or half of it, by chance: many servers shall not do it at once. */
  remeasureMs: 50_000,
} as const;

export const initialAutoState: AutoState = {
  limit: autoLimits.initial,
  noLoadMs: undefined,
  peakQps: 0,
  exploreRatio: autoLimits.maxExploreRatio,
  remeasureAt: 0,
  phase: "steady",
  settledAt: 0,
  qpsBefore: 0,
};

/**
 * What follows from a window of calls. The limit is what Little's law says the server needs at its best, no-load latency
 * × peak throughput, and somewhat more. A limit that calls do not come near to stays: they tell nothing of it.
 * @param chance a number from 0 to below 1: when the next measurement is
 */
export function planLimit(state: AutoState, window: WindowSnapshot, chance: number): AutoState {
  const isUsed = window.peakInFlight * 2 >= state.limit;
  if (window.succeeded === 0) return isUsed ? withLimit(state, state.limit / 2) : state;
  const qps = (window.succeeded * 1000) / window.durationMs;
  if (state.phase === "measuring") return conclude(state, { window, qps, isUsed, chance });
  const measured = { ...state, ...measure(state, window, qps) };
  if (!isUsed) return measured;
  if (window.now >= state.remeasureAt) return lower(measured, window, qps);
  const exploreRatio = explore(measured, window.latencyMs, qps);
  return gradient({ ...measured, exploreRatio });
}

interface Measurement {
  readonly window: WindowSnapshot;
  readonly qps: number;
  readonly isUsed: boolean;
  readonly chance: number;
}

function measure(
  { noLoadMs, peakQps }: AutoState,
  { latencyMs, durationMs }: WindowSnapshot,
  qps: number,
): Pick<AutoState, "noLoadMs" | "peakQps"> {
  const { latencyWeight } = autoLimits;
  const qpsWeight = Math.min((autoLimits.qpsWeight * durationMs) / 1000, 1);
  return {
    noLoadMs:
      noLoadMs === undefined ? latencyMs : noLoadMs + Math.min(latencyMs - noLoadMs, 0) * latencyWeight,
    peakQps: Math.max(qps, peakQps + (qps - peakQps) * qpsWeight),
  };
}

/** Further up while more calls cost no latency, or while there is room; down while they only wait. */
function explore({ noLoadMs = 0, peakQps, exploreRatio }: AutoState, latencyMs: number, qps: number): number {
  const { minExploreRatio, maxExploreRatio, exploreStep } = autoLimits;
  const isFree = latencyMs <= noLoadMs * (1 + minExploreRatio) || qps <= peakQps / (1 + minExploreRatio);
  return isFree
    ? Math.min(exploreRatio + exploreStep, maxExploreRatio)
    : Math.max(exploreRatio - exploreStep, minExploreRatio);
}

/** Lets the queue run empty; what was the peak once may be none any more. */
function lower(state: AutoState, { now, latencyMs }: WindowSnapshot, qps: number): AutoState {
  const lowered = withLimit(state, state.limit * autoLimits.measureRatio);
  return { ...lowered, phase: "measuring", settledAt: now + 2 * latencyMs, qpsBefore: qps, peakQps: qps };
}

/** A lower limit that cost no throughput leaves calls waiting still, unless there were few. */
function conclude(state: AutoState, { window, qps, isUsed, chance }: Measurement): AutoState {
  const isStillQueueing = isUsed && qps * (1 + autoLimits.minExploreRatio) >= state.qpsBefore;
  if (isStillQueueing && state.limit > autoLimits.min)
    return lower(state, window, Math.max(qps, state.peakQps));
  const remeasureAt = window.now + autoLimits.remeasureMs * (0.5 + chance / 2);
  const peakQps = Math.max(qps, state.peakQps);
  const steady: AutoState = { ...state, phase: "steady", noLoadMs: window.latencyMs, peakQps, remeasureAt };
  return isUsed ? gradient(steady) : steady;
}

function gradient(state: AutoState): AutoState {
  const { noLoadMs = 0, peakQps, exploreRatio } = state;
  return withLimit(state, (noLoadMs / 1000) * peakQps * (1 + exploreRatio));
}

function withLimit(state: AutoState, limit: number): AutoState {
  const { min, max } = autoLimits;
  return { ...state, limit: Math.min(Math.max(Math.ceil(limit), min), max) };
}
