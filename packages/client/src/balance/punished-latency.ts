import type { HostOutcome } from "../cluster/cluster.js";
import { Verdict, verdictOf } from "../cluster/health/verdict.js";

/** A failure looks at least as slow as this, in milliseconds: brpc takes the timeout of the call, which is 500 by default. */
const minPenaltyMs = 500;

/** And no slower than this, in milliseconds. Source: brpc's p2c. */
const maxPenaltyMs = 30_000;

/**
 * The latency of an attempt as a balancer sees it: that of a failure is long, since a server that refuses quickly must
 * not look fast. An abandoned attempt is undefined unless it already took longer than usual: then that much is known.
 * @param usualMs what the server has been seen to take
 */
export function punishedLatency(outcome: HostOutcome, usualMs: number): number | undefined {
  const { latencyMs, error, isAbandoned } = outcome;
  if (isAbandoned) return latencyMs > usualMs ? latencyMs : undefined;
  if (!error || verdictOf(outcome) === Verdict.well) return latencyMs;
  return Math.min(Math.max(latencyMs, 2 * usualMs, minPenaltyMs), maxPenaltyMs);
}
