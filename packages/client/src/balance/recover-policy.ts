import type { BalancerSources } from "./balancer.js";
import type { RecoverConf } from "./parse-load-balancer.js";

/** Share of the calls that so many working servers can bear. */
export function planAdmission(working: number, { minWorkingInstances }: RecoverConf): number {
  return Math.min(working / minWorkingInstances, 1);
}

/**
 * Protects the first servers that come back to a cluster of which all were down: without it they get the load of all
 * and go down again.
 */
export class RecoverPolicy {
  readonly #conf: RecoverConf;
  readonly #random: () => number;
  #working = 0;
  #changedAt = 0;
  #isRecovering = false;

  constructor(conf: RecoverConf, { random }: BalancerSources) {
    this.#conf = conf;
    this.#random = random;
  }

  /** Tells how many servers work now; to be called when that has changed. */
  onWorking(working: number, now: number): void {
    if (working === this.#working) return;
    if (working === 0) this.#isRecovering = true;
    this.#working = working;
    this.#changedAt = now;
  }

  /** Whether one more call is let in. */
  admits(now: number): boolean {
    if (!this.#isRecovering) return true;
    const isHeld = now - this.#changedAt > this.#conf.holdSeconds * 1000;
    if (this.#working > 0 && isHeld) this.#isRecovering = false;
    return !this.#isRecovering || this.#random() < planAdmission(this.#working, this.#conf);
  }
}
