/** So many of the items that were offered, each with the same chance, however many there were (algorithm R). */
export class Reservoir<T> {
  readonly #size: number;
  readonly #random: () => number;
  readonly #items: T[] = [];
  #offered = 0;

  constructor(size: number, random: () => number) {
    this.#size = size;
    this.#random = random;
  }

  offer(item: T): void {
    this.#offered++;
    const place = this.#items.length < this.#size ? this.#items.length : this.#drawPlace();
    if (place < this.#size) this.#items[place] = item;
  }

  get items(): readonly T[] {
    return this.#items;
  }

  #drawPlace(): number {
    return Math.floor(this.#random() * this.#offered);
  }
}
