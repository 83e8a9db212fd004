import { setTimeout } from "node:timers/promises";
import type { GeneralBlob } from "@paddlewheel/core";
import { GeneralInferOp } from "@paddlewheel/server";

/** The time that one pair of words takes, each paired with each. */
const msPerPair = 20;

/**
 * A GeneralInferOp in place of a model too large for an example: it first waits as long as such a model would compute, a
 * time that grows with the square of the number of words.
 */
export class SlowInferOp extends GeneralInferOp {
  static override readonly type: string = "SlowInferOp";

  override async inference(): Promise<void> {
    const [, words = 0] = this.dependArgument<GeneralBlob>("read").tensor("words").shape;
    await setTimeout(words ** 2 * msPerPair, undefined, { signal: this.call.signal });
    await super.inference();
  }
}
