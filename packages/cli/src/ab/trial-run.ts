import type { FetchParams, Predictor, PredictorApi } from "@paddlewheel/client";
import { type Clock, ServeError } from "@paddlewheel/core";
import type { AbRun } from "./ab-report.js";
import type { Trial } from "./read-trial.js";
import { VariantTally } from "./variant-tally.js";

export interface TrialRunOptions {
  readonly api: Pick<PredictorApi, "fetchPredictor">;
  readonly trial: Trial;
  /** Of the variants, by tag; at least one. */
  readonly shares: ReadonlyMap<string, number>;
  readonly clock: Clock;
}

/** Calls an endpoint as its clients do, and counts what becomes of the calls by variant. */
export class TrialRun {
  readonly #options: TrialRunOptions;
  readonly #tallies: ReadonlyMap<string, VariantTally>;
  #startedCalls = 0;
  #endedCalls = 0;

  constructor(options: TrialRunOptions) {
    this.#options = options;
    this.#tallies = new Map([...options.shares.keys()].map((tag) => [tag, new VariantTally()]));
  }

  get endedCalls(): number {
    return this.#endedCalls;
  }

  /** @throws ServeError when the variant that the others are compared with does not answer. */
  async run(): Promise<Pick<AbRun, "reference" | "tallies" | "durationMs">> {
    const { trial, clock } = this.#options;
    const reference = this.#largest();
    const answer = await this.#callOnce(reference);
    await Promise.all(
      [...this.#tallies.keys()]
        .filter((tag) => tag !== reference)
        // One that fails does so again where it counts.
        .map((tag) => this.#callOnce(tag).catch(() => {})),
    );
    const startedAt = clock.now();
    await Promise.all(Array.from({ length: trial.concurrency }, () => this.#callAgain(answer)));
    return { reference, tallies: this.#tallies, durationMs: clock.now() - startedAt };
  }

  /** Tag of the variant with the largest share, the first of several. */
  #largest(): string {
    const byShare = [...this.#options.shares].sort(([, one], [, other]) => other - one);
    return byShare[0]?.[0] ?? "";
  }

  /** Connects to a variant, so that no latency has that in it. */
  #callOnce(variant: string): Promise<object> {
    return this.#call(this.#fetch({ variant }));
  }

  #fetch(params: FetchParams): Predictor {
    const { api, trial } = this.#options;
    const { conf, split } = trial;
    return api.fetchPredictor(conf.name, split === undefined ? params : { ...params, split });
  }

  /** One of the callers: each of its calls follows the one before. */
  async #callAgain(reference: object): Promise<void> {
    while (this.#startedCalls < this.#options.trial.callCount) {
      this.#startedCalls++;
      await this.#measure(this.#fetch({}), reference);
      this.#endedCalls++;
    }
  }

  async #measure(predictor: Predictor, reference: object): Promise<void> {
    const { trial, clock } = this.#options;
    const tally = this.#tallies.get(predictor.variant ?? "");
    const startedAt = clock.now();
    try {
      const answer = await this.#call(predictor);
      tally?.addAnswer(clock.now() - startedAt, trial.compare(reference, answer, trial.tolerance));
    } catch (thrown) {
      tally?.addError(ServeError.from(thrown));
    }
  }

  #call(predictor: Predictor): Promise<object> {
    const { method, request } = this.#options.trial;
    // The conf of the endpoint says what its requests are.
    return (predictor as Predictor<object, object>).call(method, request);
  }
}
