import { planUpkeep, type Upkeep } from "../connection/upkeep.js";
import type { ResolvedClientLimits } from "./client-limits.js";

export interface ClientUse {
  readonly isSettled: boolean;
  /** Someone waits for an answer. */
  readonly isBusy: boolean;
  /** There are streams, or there were some since the last plan. */
  readonly isUsed: boolean;
}

/** The ages of the calling end of a connection, brought up to date once a sweep, which is exact enough for all of them. */
export class ClientUpkeep {
  readonly #limits: ResolvedClientLimits;
  readonly #startedAt: number;
  #heardAt: number;
  #pingedAt: number | undefined;
  #idleSince: number | undefined;
  /** Bytes of the server came since the last plan. */
  hasHeard = false;

  constructor(limits: ResolvedClientLimits, now: number) {
    this.#limits = limits;
    this.#startedAt = now;
    this.#heardAt = now;
  }

  /** Tells what is due at `now`; a PING that is due counts as sent. */
  plan(now: number, { isSettled, isBusy, isUsed }: ClientUse): Upkeep {
    if (this.hasHeard) this.#pingedAt = undefined;
    // A server that is asked nothing is not asked whether it is there either: some take that for an attack.
    if (this.hasHeard || !isBusy) this.#heardAt = now;
    this.hasHeard = false;
    this.#idleSince = isUsed ? undefined : (this.#idleSince ?? now);
    const due = planUpkeep(
      {
        now,
        startedAt: this.#startedAt,
        isSettled,
        heardAt: this.#heardAt,
        pingedAt: this.#pingedAt,
        idleSince: this.#idleSince,
        drainingSince: undefined,
        maxAgeMs: this.#limits.maxAgeMs,
      },
      this.#limits,
    );
    if (due === "ping") this.#pingedAt = now;
    return due;
  }
}
