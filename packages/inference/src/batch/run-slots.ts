import { RunsAhead } from "./runs-ahead.js";

export interface RunSlotsOptions {
  /** Runs that may be under way now. */
  readonly slots: () => number;
  /** Runs that may be handed over to begin when one of those ends. */
  readonly ahead: () => number;
  /** Rows of one run. */
  readonly maxRows: number;
}

/** What there is room for: runs at the copies of the model, and runs handed over ahead of those. */
export class RunSlots {
  readonly ahead: RunsAhead = new RunsAhead();
  readonly #options: RunSlotsOptions;
  #runs = 0;

  constructor(options: RunSlotsOptions) {
    this.#options = options;
  }

  /** Runs under way, and those ahead of them. */
  get runs(): number {
    return this.#runs;
  }

  /** Copies without a run. */
  get free(): number {
    return this.#options.slots() - (this.#runs - this.ahead.size);
  }

  /** Whether runs may be handed over ahead of others now. */
  get canGoAhead(): boolean {
    return this.#options.ahead() > 0;
  }

  /** Rows that could be given away at once, to copies and ahead of them. */
  get freeRows(): number {
    const { slots, ahead, maxRows } = this.#options;
    return (slots() + ahead() - this.#runs) * maxRows;
  }

  /**
   * Whether a run may go ahead while `waitingRows` wait. Ahead goes what would gain nothing by waiting in line: a batch
   * that is full, while every copy that gets free finds another full one. Who comes later cannot overtake it, so it is one
   * run for each copy at most.
   */
  hasRoomAhead(waitingRows: number): boolean {
    const { slots, ahead, maxRows } = this.#options;
    return this.ahead.size < ahead() && waitingRows > slots() * maxRows;
  }

  begin(): void {
    this.#runs++;
  }

  /** A run is over, or was taken back. */
  end(): void {
    this.#runs--;
  }
}
