import type { Comparison, Difference } from "@paddlewheel/client";
import type { ServeError } from "@paddlewheel/core";
import { CallTally } from "../bench/call-tally.js";

/** What became of the calls to one variant. */
export class VariantTally {
  readonly calls: CallTally = new CallTally();
  #equalAnswers = 0;
  #maxAbsolute = 0;
  #maxRelative = 0;
  #firstDifference: Difference | undefined;

  addError(error: ServeError): void {
    this.calls.add({ latencyMs: 0, isInTime: true, error });
  }

  addAnswer(latencyMs: number, { isEqual, maxAbsolute, maxRelative, differences }: Comparison): void {
    this.calls.add({ latencyMs, isInTime: true, error: undefined });
    if (isEqual) this.#equalAnswers++;
    this.#maxAbsolute = Math.max(this.#maxAbsolute, maxAbsolute);
    this.#maxRelative = Math.max(this.#maxRelative, maxRelative);
    this.#firstDifference ??= differences[0];
  }

  get equalAnswers(): number {
    return this.#equalAnswers;
  }

  get maxAbsolute(): number {
    return this.#maxAbsolute;
  }

  get maxRelative(): number {
    return this.#maxRelative;
  }

  get firstDifference(): Difference | undefined {
    return this.#firstDifference;
  }
}
