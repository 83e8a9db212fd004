import { seededRandom } from "@paddlewheel/onnx";

/** Random choices that are the same for the same seed. */
export class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** From 0 to below `end`. */
  below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  /** True in one of `count` cases. */
  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  /** @throws RangeError for an empty list. */
  pick<T>(list: readonly T[]): T {
    const [first] = list.slice(this.below(list.length));
    if (first === undefined) throw new RangeError("there is nothing to pick from");
    return first;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}
