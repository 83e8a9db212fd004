import { setTimeout as sleep } from "node:timers/promises";
import { ErrorTally } from "../measure/error-tally.js";
import { LatencyHistogram } from "../measure/latency-histogram.js";
import type { CallConnection, PreparedCall } from "./caller.js";

/** How a server says that it has too much to do: RESOURCE_EXHAUSTED. */
const refusal = "grpc-status is 8";

export interface OpenLoopOptions {
  readonly connections: readonly CallConnection[];
  readonly calls: readonly PreparedCall[];
  /** Requests per second, whatever becomes of them. */
  readonly rate: number;
}

/** Sends requests at a fixed rate, as many callers who know nothing of each other do. */
export class OpenLoop {
  /** Of right answers, from the time the request was due. */
  readonly latencies: LatencyHistogram = new LatencyHistogram();
  readonly errors: ErrorTally = new ErrorTally();
  readonly #options: OpenLoopOptions;
  #sent = 0;
  #refused = 0;

  constructor(options: OpenLoopOptions) {
    this.#options = options;
  }

  get sent(): number {
    return this.#sent;
  }

  get refused(): number {
    return this.#refused;
  }

  /** Right answers, refusals and errors. */
  get ended(): number {
    return this.latencies.count + this.#refused + this.errors.count;
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
      onAnswer: (answer) => {
        const fault = call.check(answer);
        if (fault === undefined) this.latencies.record((performance.now() - dueAt) * 1000);
        else this.errors.add(fault);
      },
      onFailure: (reason) => {
        if (reason === refusal) this.#refused++;
        else this.errors.add(reason);
      },
    });
  }
}
