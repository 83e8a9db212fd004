import type { Op } from "@paddlewheel/core";

/** The profile stamps of one Op. */
export interface Profile {
  /** Those of the Ops `before` it, its own start, and now; in µs since the epoch. */
  stamps(before?: readonly number[]): readonly number[];
}

const none: readonly number[] = [];
const off: Profile = { stamps: () => none };

/** Starts the clock of an Op; stamps nothing when the request does not ask for it. */
export function profileOf(op: Op, isProfiled: boolean): Profile {
  if (!isProfiled) return off;
  const { clock } = op.environment;
  const start = clock.epochMicros();
  return { stamps: (before = none) => [...before, start, clock.epochMicros()] };
}
