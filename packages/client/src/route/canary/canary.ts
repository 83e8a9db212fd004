import type { CanaryConf } from "@paddlewheel/conf";
import {
  type Clock,
  type Counter,
  type Gauge,
  type Logger,
  type ServeError,
  systemClock,
} from "@paddlewheel/core";
import { FailureWindow } from "../../cluster/health/failure-window.js";
import type { Variant } from "../../variant/variant.js";
import type { VariantEnvironment } from "../../variant/variant-environment.js";
import type { CanaryState } from "./canary-state.js";
import { type CanaryCounts, isFailure, isTooFaulty } from "./plan-roll-back.js";

export interface CanaryOptions {
  readonly endpoint: string;
  readonly conf: CanaryConf;
  readonly variant: Variant;
  readonly environment: VariantEnvironment;
}

/** A call that is over. */
export interface DividedCall {
  /** Who was called. */
  readonly variant: Variant;
  /** By the clock of the environment. */
  readonly startedAt: number;
  /** Undefined for an answer. */
  readonly error: ServeError | undefined;
}

interface RollBack {
  readonly at: number;
  readonly counts: CanaryCounts;
}

/**
 * A variant on trial. It has its share of the calls until it fails too many of them; then it has none until the cool-down is
 * over, or somebody says so.
 */
export class Canary {
  readonly variant: Variant;
  readonly #conf: CanaryConf;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #canaryWindow: FailureWindow;
  readonly #stableWindow: FailureWindow;
  readonly #percent: Gauge;
  readonly #rollBackCounter: Counter;
  #rollBack: RollBack | undefined;
  #rollBacks = 0;

  constructor({ endpoint, conf, variant, environment }: CanaryOptions) {
    const labels = { endpoint, variant: conf.variant };
    this.variant = variant;
    this.#conf = conf;
    this.#clock = environment.clock ?? systemClock;
    this.#logger = environment.logger.child(labels);
    this.#canaryWindow = new FailureWindow(conf.windowMs);
    this.#stableWindow = new FailureWindow(conf.windowMs);
    this.#percent = environment.metrics.gauge({
      name: "paddlewheel_client_canary_percent",
      help: "Calls of 100 that go to the canary now; 0 when it was rolled back.",
      labels,
      acrossProcesses: "each",
    });
    this.#rollBackCounter = environment.metrics.counter({
      name: "paddlewheel_client_canary_rollbacks_total",
      help: "Times the canary was rolled back, as it failed too many calls.",
      labels,
    });
    this.#percent.set(this.#fullPercent);
  }

  /** Whether what has drawn this number, 0 to below 1, is of the canary's share while it has one. */
  isDrawnBy(share: number): boolean {
    return share < this.#conf.share;
  }

  /** Whether it has its share of the calls now; it has it again from the first question after the cool-down on. */
  isServing(): boolean {
    const { coolDownMs } = this.#conf;
    if (!this.#rollBack) return true;
    if (coolDownMs === 0 || this.#clock.now() < this.#rollBack.at + coolDownMs) return false;
    this.reset();
    return true;
  }

  /** A call of those that are divided between it and the others is over. */
  onCallEnd({ variant, startedAt, error }: DividedCall): void {
    const now = this.#clock.now();
    const failed = isFailure({ error, latencyMs: now - startedAt }, this.#conf.slowMs);
    if (failed === undefined) return;
    const isOwn = variant === this.variant;
    // What was under way when it was rolled back comes too late.
    if (isOwn && this.#rollBack) return;
    (isOwn ? this.#canaryWindow : this.#stableWindow).add(now, failed);
    if (!isOwn || !failed) return;
    const counts = this.#countsAt(now);
    if (isTooFaulty(counts, this.#conf)) this.#goBack({ at: now, counts });
  }

  state(): CanaryState {
    const isRolledBack = !this.isServing();
    return {
      variant: this.#conf.variant,
      percent: isRolledBack ? 0 : this.#fullPercent,
      isRolledBack,
      rollBacks: this.#rollBacks,
      ...(this.#rollBack?.counts ?? this.#countsAt(this.#clock.now())),
    };
  }

  /** Gives it its share again, and forgets what it did so far. */
  reset(): void {
    this.#canaryWindow.clear();
    if (!this.#rollBack) return;
    this.#rollBack = undefined;
    this.#percent.set(this.#fullPercent);
    this.#logger.info({ percent: this.#fullPercent }, "the canary gets its share of the calls again");
  }

  #goBack(rollBack: RollBack): void {
    const { canary, stable } = rollBack.counts;
    this.#rollBack = rollBack;
    this.#rollBacks++;
    this.#rollBackCounter.increment();
    this.#percent.set(0);
    const others = `, of the other variants ${stable.failures} of ${stable.calls}`;
    this.#logger.warn(
      { calls: canary.calls, failures: canary.failures },
      `the canary was rolled back: ${canary.failures} of ${canary.calls} calls failed${others}`,
    );
  }

  #countsAt(now: number): CanaryCounts {
    return { canary: countsOf(this.#canaryWindow, now), stable: countsOf(this.#stableWindow, now) };
  }

  get #fullPercent(): number {
    return Math.round(this.#conf.share * 100);
  }
}

function countsOf(window: FailureWindow, now: number): CanaryCounts["canary"] {
  window.forgetOld(now);
  return { calls: window.calls, failures: window.failures };
}
