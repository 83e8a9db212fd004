import { type Clock, Code, ServeError, type Timer } from "@paddlewheel/core";
import type { Host } from "../host.js";
import type { NamingListener, NamingSource } from "./naming-source.js";

export interface PolledNamingOptions {
  /** Finds the servers; undefined when they are those of the last time. */
  readonly find: () => Promise<readonly Host[] | undefined>;
  /** Time from the end of one look to the next, in milliseconds. */
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly listener: NamingListener;
}

/** Looks for the servers at once and then again and again, also after a failure. */
export class PolledNaming implements NamingSource {
  readonly #options: PolledNamingOptions;
  #timer: Timer | undefined;
  #lastFailure: string | undefined;
  #isClosed = false;

  constructor(options: PolledNamingOptions) {
    this.#options = options;
  }

  start(): this {
    this.#options.find().then(
      (hosts) => this.#onFound(hosts),
      (thrown: unknown) => this.#onFailed(thrown),
    );
    return this;
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #onFound(hosts: readonly Host[] | undefined): void {
    if (this.#isClosed) return;
    this.#lastFailure = undefined;
    if (hosts) this.#options.listener.onHosts(hosts);
    this.#lookAgain();
  }

  #onFailed(thrown: unknown): void {
    if (this.#isClosed) return;
    const error = ServeError.from(thrown, Code.unavailable);
    if (error.message !== this.#lastFailure) this.#options.listener.onFailure(error);
    this.#lastFailure = error.message;
    this.#lookAgain();
  }

  #lookAgain(): void {
    if (!this.#isClosed)
      this.#timer = this.#options.clock.setTimer(() => this.start(), this.#options.intervalMs);
  }
}
