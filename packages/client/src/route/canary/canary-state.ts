import type { CanaryCounts } from "./plan-roll-back.js";

/** How the canary of an endpoint is doing. */
export interface CanaryState extends CanaryCounts {
  /** Its tag. */
  readonly variant: string;
  /** So many of 100 calls go to it now; 0 when it was rolled back. */
  readonly percent: number;
  /** The counts are then those it was rolled back for; else those of the last `window_ms`. */
  readonly isRolledBack: boolean;
  /** How often it was rolled back so far. */
  readonly rollBacks: number;
}
