import type { ServeError } from "@paddlewheel/core";

interface Waiter {
  resolve(): void;
  reject(error: ServeError): void;
}

/** Whether servers were told yet, for those who wait for it. */
export class Readiness {
  #state: "waiting" | "ready" | ServeError = "waiting";
  #waiters: Waiter[] = [];

  /** @throws ServeError what was told last, when that was a failure. */
  wait(): Promise<void> {
    const state = this.#state;
    if (state === "ready") return Promise.resolve();
    if (state !== "waiting") return Promise.reject(state);
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  onReady(): void {
    this.#state = "ready";
    for (const { resolve } of this.#takeWaiters()) resolve();
  }

  /** After it was ready once, failures change nothing; a failure can still become ready. */
  onFailure(error: ServeError): void {
    if (this.#state !== "ready") this.#state = error;
    for (const { reject } of this.#takeWaiters()) reject(error);
  }

  #takeWaiters(): readonly Waiter[] {
    const waiters = this.#waiters;
    this.#waiters = [];
    return waiters;
  }
}
