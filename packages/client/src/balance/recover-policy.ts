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
  readonly #sources: BalancerSources;
  #working = 0;
  #changedAt = 0;
  #isRecovering = false;

  constructor(conf: RecoverConf, sources: BalancerSources) {
    this.#conf = conf;
    this.#sources = sources;
  }

  /** Tells how many servers work now; to be called when that has changed. */
  onWorking(working: number): void {
    if (working === this.#working) return;
    if (working === 0) this.#isRecovering = true;
    this.#working = working;
    this.#changedAt = this.#sources.now();
  }

  /** Whether one more call is let in. */
  admits(): boolean {
    if (!this.#isRecovering) return true;
    const { now, random } = this.#sources;
    const isHeld = now() - this.#changedAt > this.#conf.holdSeconds * 1000;
    if (this.#working > 0 && isHeld) this.#isRecovering = false;
    return !this.#isRecovering || random() < planAdmission(this.#working, this.#conf);
  }
}
