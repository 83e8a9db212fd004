/** How a process fares at one moment. */
export interface LoadSample {
  /** The delay of the event loop that one turn in a hundred had since the last sample, in ms. */
  readonly loopDelayMs: number;
  /** The heap in use, in percent of the largest there may be. */
  readonly heapPercent: number;
}

export interface OverloadLimits {
  /** 0 is none. */
  readonly maxLoopDelayMs: number;
  /** 0 is none. */
  readonly maxHeapPercent: number;
}

/** What is too much: nothing; enough to refuse a quarter of the calls; so much that all are refused. */
export type Overload = "none" | "some" | "all";

/** Samples in the 2 s that a delay must last: one long turn is no overload. */
export const loopDelaySamples = 4;

/** A delay so many times the limit refuses all calls. */
const severeDelay = 10;

/** So much below its limit the heap begins to refuse calls: near it, collecting garbage takes all the time there is. */
const heapMargin = 10;

/** @param samples the newest last */
export function planOverload(samples: readonly LoadSample[], limits: OverloadLimits): Overload {
  const byDelay = overloadOf(
    steadyDelay(samples),
    limits.maxLoopDelayMs,
    limits.maxLoopDelayMs * severeDelay,
  );
  const heap = samples.at(-1)?.heapPercent ?? 0;
  const byHeap = overloadOf(heap, limits.maxHeapPercent - heapMargin, limits.maxHeapPercent);
  return [byDelay, byHeap].includes("all") ? "all" : byDelay === "some" ? byDelay : byHeap;
}

/** The least delay of the samples, once there are enough of them. */
function steadyDelay(samples: readonly LoadSample[]): number {
  const delays = samples.slice(-loopDelaySamples).map(({ loopDelayMs }) => loopDelayMs);
  return delays.length < loopDelaySamples ? 0 : Math.min(...delays);
}

function overloadOf(value: number, some: number, all: number): Overload {
  if (all <= 0 || value < some) return "none";
  return value >= all ? "all" : "some";
}
