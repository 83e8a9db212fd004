import { setTimeout as sleep } from "node:timers/promises";
import { ErrorTally } from "../measure/error-tally.js";
import { LatencyHistogram } from "../measure/latency-histogram.js";
import type { CallConnection, PreparedCall } from "./caller.js";

/** How a server says that it will not answer now, by gRPC status as connections tell it. */
const refusals: Readonly<Record<string, string>> = {
  "grpc-status is 4": "DEADLINE_EXCEEDED",
  "grpc-status is 8": "RESOURCE_EXHAUSTED",
  "grpc-status is 14": "UNAVAILABLE",
};

export interface OpenLoopOptions {
  readonly connections: readonly CallConnection[];
  readonly calls: readonly PreparedCall[];
  /** Requests per second, whatever becomes of them. */
  readonly rate: number;
  /** Milliseconds after which an answer is late. */
  readonly deadlineMs: number;
}

/** Sends requests at a fixed rate, as many callers who know nothing of each other do. */
export class OpenLoop {
  /** Of right answers, from the time the request was due. */
  readonly latencies: LatencyHistogram = new LatencyHistogram();
  readonly errors: ErrorTally = new ErrorTally();
  readonly #options: OpenLoopOptions;
  readonly #refused = new Map<string, number>();
  #sent = 0;
  #late = 0;
  #ended = 0;

  constructor(options: OpenLoopOptions) {
    this.#options = options;
  }

  get sent(): number {
    return this.#sent;
  }

  /** Right answers after the deadline. */
  get late(): number {
    return this.#late;
  }

  /** Refusals by the name of their status. */
  get refused(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refused);
  }

  /** Requests without an outcome. */
  get open(): number {
    return this.#sent - this.#ended;
  }

  async run(milliseconds: number): Promise<void> {
    const startedAt = performance.now();
    const msPerRequest = 1000 / this.#options.rate;
    const total = Math.floor(milliseconds / msPerRequest);
    while (this.#sent < total) {
      const due = Math.min(Math.floor((performance.now() - startedAt) / msPerRequest), total);
      while (this.#sent < due) this.#send(startedAt + this.#sent * msPerRequest);
      await sleep(1);
    }
  }

  #send(dueAt: number): void {
    const { connections, calls } = this.#options;
    const at = this.#sent++;
    const connection = connections[at % connections.length];
    const call = calls[at % calls.length];
    if (!connection || !call) throw new RangeError("an open loop needs connections and calls");
    connection.call(call.body, {
      onAnswer: (answer) => this.#onAnswer(call.check(answer), performance.now() - dueAt),
      onFailure: (reason) => this.#onFailure(reason),
    });
  }

  #onAnswer(fault: string | undefined, ms: number): void {
    this.#ended++;
    if (fault !== undefined) {
      this.errors.add(fault);
      return;
    }
    this.latencies.record(ms * 1000);
    if (ms > this.#options.deadlineMs) this.#late++;
  }

  #onFailure(reason: string): void {
    this.#ended++;
    const refusal = refusals[reason];
    if (refusal === undefined) this.errors.add(reason);
    else this.#refused.set(refusal, (this.#refused.get(refusal) ?? 0) + 1);
  }
}
