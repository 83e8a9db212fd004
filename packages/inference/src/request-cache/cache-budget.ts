/** What takes a part of a budget. Its neighbours are the budget's. */
export interface BudgetShare {
  readonly bytes: number;
  /** Makes room: its owner must not know it any more. */
  readonly evict: () => void;
  /** Used just after this one; undefined for the one used last. */
  newer: BudgetShare | undefined;
  older: BudgetShare | undefined;
}

/** Part of the budget that one share may take, so that a single large one does not make all others leave. */
const largestShare = 1 / 4;

/** The bytes that all versions of an engine may keep results in. What has not been used for longest makes room. */
export class CacheBudget {
  readonly maxBytes: number;
  readonly maxShareBytes: number;
  #bytes = 0;
  #shares = 0;
  #newest: BudgetShare | undefined;
  #oldest: BudgetShare | undefined;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
    this.maxShareBytes = Math.floor(maxBytes * largestShare);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get shares(): number {
    return this.#shares;
  }

  /** Takes in a share of at most `maxShareBytes`; gives the number of those that had to leave for it. */
  add(share: BudgetShare): number {
    let evicted = 0;
    while (this.#oldest && this.#bytes + share.bytes > this.maxBytes) {
      const leaving = this.#oldest;
      this.remove(leaving);
      leaving.evict();
      evicted++;
    }
    this.#bytes += share.bytes;
    this.#shares++;
    this.#link(share);
    return evicted;
  }

  /** A share that is in has been used. */
  touch(share: BudgetShare): void {
    if (share === this.#newest) return;
    this.#unlink(share);
    this.#link(share);
  }

  /** Gives back what a share that is in takes. */
  remove(share: BudgetShare): void {
    this.#bytes -= share.bytes;
    this.#shares--;
    this.#unlink(share);
  }

  #link(share: BudgetShare): void {
    share.older = this.#newest;
    share.newer = undefined;
    if (this.#newest) this.#newest.newer = share;
    else this.#oldest = share;
    this.#newest = share;
  }

  #unlink({ newer, older }: BudgetShare): void {
    if (newer) newer.older = older;
    else this.#newest = older;
    if (older) older.newer = newer;
    else this.#oldest = newer;
  }
}
