import { setTimeout as sleep } from "node:timers/promises";

const depthMetric = /^paddlewheel_engine_queue_depth\{[^}]*\} (\d+)/m;

/** Each look costs the server a page of metrics: more of them would be a load of their own. */
const lookIntervalMs = 500;

/** Reads the length of the line before the model of a server twice a second, until it is told to stop. */
export class LineWatch {
  readonly #watching: Promise<void>;
  #isOpen = true;
  #longest = 0;

  constructor(port: number) {
    this.#watching = this.#watch(`http://127.0.0.1:${port}/metrics`);
  }

  /** Gives the longest line it has seen. */
  async stop(): Promise<number> {
    this.#isOpen = false;
    await this.#watching;
    return this.#longest;
  }

  async #watch(url: string): Promise<void> {
    while (this.#isOpen) {
      const text = await (await fetch(url, { headers: { "accept-encoding": "identity" } })).text();
      this.#longest = Math.max(this.#longest, Number(depthMetric.exec(text)?.[1] ?? 0));
      await sleep(lookIntervalMs);
    }
  }
}
