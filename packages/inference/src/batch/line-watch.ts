import { emptyLine, type LineLoad, lineLoads, planLineLoad, windowMsFor } from "./plan-line-load.js";

/** Watches who comes to a line and who is refused, window by window. */
export class LineWatch {
  #load = emptyLine;
  #endsAt = Number.NEGATIVE_INFINITY;
  #came = 0;
  #refused = 0;
  #longestRuns = 0;

  get load(): LineLoad {
    return this.#load;
  }

  /** Somebody comes at `now`, finds `runs` runs before him for each copy, and a run takes `runMs`. */
  noteArrival(runs: number, now: number, runMs: number): void {
    const windowMs = windowMsFor(runMs);
    if (now >= this.#endsAt) this.#endWindow(now, windowMs);
    // A line that starts from nothing has not settled.
    if (runs === 0 && !this.#load.isOverloaded) this.#forget(now, windowMs);
    this.#came++;
    if (runs > this.#longestRuns) this.#longestRuns = runs;
  }

  /** Who came last is refused, because too many wait or for the time he would have to. */
  noteRefusal(): void {
    this.#refused++;
  }

  #endWindow(now: number, windowMs: number): void {
    const { minCame, minCameOverloaded, maxWindows } = lineLoads;
    if (now >= this.#endsAt + (maxWindows - 1) * windowMs) this.#forget(now, windowMs);
    else if (this.#came >= (this.#load.isOverloaded ? minCameOverloaded : minCame)) {
      const window = { came: this.#came, refused: this.#refused, longestRuns: this.#longestRuns };
      this.#load = planLineLoad(this.#load, window);
      this.#begin(now, windowMs);
    }
  }

  #forget(now: number, windowMs: number): void {
    this.#load = emptyLine;
    this.#begin(now, windowMs);
  }

  #begin(now: number, windowMs: number): void {
    this.#endsAt = now + windowMs;
    this.#came = 0;
    this.#refused = 0;
    this.#longestRuns = 0;
  }
}
