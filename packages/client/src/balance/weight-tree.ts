/**
 * Weights on a line, each as long as it is heavy; looked up and changed in logarithmic time (a Fenwick tree). Whole
 * numbers stay exact up to a total of 2^53.
 */
export class WeightTree {
  readonly #weights: Float64Array;
  /** Entry i holds the sum of the weights from i - (lowest bit of i) up to i, counted from 1. */
  readonly #sums: Float64Array;
  /** The greatest power of two that is not above the number of weights. */
  readonly #topStep: number;
  #total = 0;

  constructor(weights: readonly number[]) {
    this.#weights = new Float64Array(weights.length);
    this.#sums = new Float64Array(weights.length + 1);
    this.#topStep = weights.length === 0 ? 0 : 2 ** Math.floor(Math.log2(weights.length));
    weights.forEach((weight, index) => {
      this.set(index, weight);
    });
  }

  get total(): number {
    return this.#total;
  }

  get(index: number): number {
    return this.#weights[index] ?? 0;
  }

  set(index: number, weight: number): void {
    const change = weight - this.get(index);
    this.#weights[index] = weight;
    this.#total += change;
    for (let at = index + 1; at < this.#sums.length; at += at & -at) {
      this.#sums[at] = (this.#sums[at] ?? 0) + change;
    }
  }

  /** Index of the weight at a position from 0 up to `total`. */
  indexAt(position: number): number {
    let before = 0;
    let left = position;
    for (let step = this.#topStep; step > 0; step >>>= 1) {
      const sum = this.#sums[before + step];
      if (sum === undefined || sum > left) continue;
      before += step;
      left -= sum;
    }
    return Math.min(before, this.#weights.length - 1);
  }
}
