import { Isolation, Placement } from "@paddlewheel/core";

/** What is known of an engine when the place of its runs is chosen. */
export interface PlacementFacts {
  readonly placement: Placement;
  readonly isolation: Isolation;
  /** `runtime_thread_num` of conf; 0 leaves the number of threads open. */
  readonly runtimeThreadNum: number;
  readonly defaultThreadNum: number;
  /** Size of the model on disk, external data included. */
  readonly modelBytes: number;
  /** What a warmed-up run took; left out until it was measured. */
  readonly measured?: { readonly runMicros: number | undefined };
}

/** Where the runs of an engine take place, or that they must be measured first; `reason` is for people. */
export type PlacementPlan =
  | { readonly kind: "inline"; readonly reason: string }
  | { readonly kind: "pool"; readonly threads: number; readonly reason: string }
  | { readonly kind: "process"; readonly threads: number; readonly reason: string }
  | { readonly kind: "measure" };

export const placementLimits = {
  /**
   * Microseconds a run may take on the event loop. The way to a worker and back costs about 100 µs, so a shorter run
   * gains nothing there, and 200 µs hold nobody up.
   */
  maxInlineMicros: 200,
  /** Loading blocks the event loop too: about a millisecond per MB, so 16 MB stay below the length of a breath. */
  maxInlineBytes: 16_777_216,
} as const;

/** Decides where an engine runs: what conf says; without a word of it, small and quick models inline, others pooled. */
export function planPlacement(facts: PlacementFacts): PlacementPlan {
  const { placement, isolation, runtimeThreadNum, defaultThreadNum, modelBytes, measured } = facts;
  if (isolation === Isolation.process) {
    const reason = "conf says isolation process";
    return { kind: "process", threads: runtimeThreadNum || defaultThreadNum, reason };
  }
  if (runtimeThreadNum > 0) {
    const reason = `conf says runtime_thread_num ${runtimeThreadNum}`;
    return { kind: "pool", threads: runtimeThreadNum, reason };
  }
  if (placement === Placement.inline) return { kind: "inline", reason: "conf says inline" };
  const pool = (reason: string): PlacementPlan => ({ kind: "pool", threads: defaultThreadNum, reason });
  if (placement === Placement.pool) return pool("conf says pool");
  if (modelBytes > placementLimits.maxInlineBytes) {
    return pool(`the model is ${megabytes(modelBytes)} MB, more than the ${megabytes()} MB that load inline`);
  }
  if (!measured) return { kind: "measure" };
  return planByRunTime(measured.runMicros, pool);
}

function planByRunTime(
  runMicros: number | undefined,
  pool: (reason: string) => PlacementPlan,
): PlacementPlan {
  const limit = placementLimits.maxInlineMicros;
  if (runMicros === undefined) return pool("the run time is unknown: the warm-up failed");
  const took = `a run takes ${Math.round(runMicros)} µs`;
  if (runMicros >= limit) return pool(`${took}, inline runs stay below ${limit} µs`);
  return { kind: "inline", reason: `${took}, less than ${limit} µs` };
}

function megabytes(bytes: number = placementLimits.maxInlineBytes): string {
  return (bytes / (1024 * 1024)).toFixed(1);
}
