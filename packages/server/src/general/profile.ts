import type { Op } from "@paddlewheel/core";

/** The profile stamps of one Op: what came before it, and its own start and end. */
export interface Profile {
  /** All stamps up to now, in µs since the epoch. */
  stamps(): readonly number[];
}

const off: Profile = { stamps: () => [] };

/** Starts the clock of an Op; stamps nothing when the request does not ask for it. */
export function profileOf(op: Op, isProfiled: boolean, before: readonly number[] = []): Profile {
  if (!isProfiled) return off;
  const { clock } = op.environment;
  const start = clock.epochMicros();
  return { stamps: () => [...before, start, clock.epochMicros()] };
}
