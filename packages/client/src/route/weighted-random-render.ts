/**
 * Picks a variant at random by weight: the first whose weights up to and with it exceed the number drawn.
 * Source: Paddle Serving's endpoint_router WeightedRandomRender.
 */
export class WeightedRandomRender {
  readonly #weights: readonly number[];
  readonly #sum: number;

  /** @param weights whole numbers from 0 on with a sum above 0 */
  constructor(weights: readonly number[]) {
    this.#weights = weights;
    this.#sum = weights.reduce((sum, weight) => sum + weight, 0);
  }

  /** @param share from 0 to below 1, a random number. The index of a variant whose weight is above 0. */
  pick(share: number): number {
    let left = share * this.#sum;
    let index = 0;
    for (const weight of this.#weights) {
      if (left < weight) break;
      left -= weight;
      index++;
    }
    return index;
  }
}
