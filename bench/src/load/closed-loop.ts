import type { ErrorTally } from "../measure/error-tally.js";
import { LatencyHistogram } from "../measure/latency-histogram.js";
import { checkAnswer } from "./answer-check.js";
import { prefixLength } from "./length-prefix.js";
import type { CheckedRequest } from "./load-job.js";
import type { CallReceiver, UnaryConnection } from "./unary-connection.js";

/** A loop that meets this many errors stops: its figures are void, and a failing server answers fast enough to flood. */
const maxErrors = 1000;

/** A request ready to be sent. */
interface PreparedRequest {
  /** With the length prefix of gRPC. */
  readonly body: Buffer;
  readonly expected: Float32Array;
}

export interface ClosedLoopOptions {
  readonly connections: readonly UnaryConnection[];
  readonly inFlight: number;
  readonly requests: readonly CheckedRequest[];
  readonly errors: ErrorTally;
}

/** Keeps a fixed number of calls in flight: each answer is checked and at once followed by the next call of its slot. */
export class ClosedLoop {
  readonly latencies: LatencyHistogram = new LatencyHistogram();
  readonly errors: ErrorTally;
  readonly #requests: readonly PreparedRequest[];
  readonly #slots: readonly Slot[];
  #nextRequest = 0;
  #isStopping = false;
  #open = 0;
  #onDrained: (() => void) | undefined;

  constructor({ connections, inFlight, requests, errors }: ClosedLoopOptions) {
    this.errors = errors;
    this.#requests = requests.map(({ message, expected }) => ({ body: prefixLength(message), expected }));
    this.#slots = Array.from({ length: inFlight }, (_, i) => {
      const connection = connections[i % connections.length];
      if (!connection) throw new RangeError("a closed loop needs a connection");
      return new Slot(this, connection);
    });
  }

  start(): void {
    for (const slot of this.#slots) slot.callNext();
  }

  /** Starts no more calls and waits for those in flight. */
  drain(): Promise<void> {
    this.#isStopping = true;
    return new Promise((resolve) => {
      this.#onDrained = resolve;
      this.#checkDrained();
    });
  }

  /** Calls that have no answer yet. */
  get open(): number {
    return this.#open;
  }

  /** The next request for a slot, which counts as in flight from now; undefined when the loop is stopping. */
  takeRequest(): PreparedRequest | undefined {
    if (this.#isStopping || this.errors.count >= maxErrors) return undefined;
    const request = this.#requests[this.#nextRequest];
    this.#nextRequest = (this.#nextRequest + 1) % this.#requests.length;
    this.#open++;
    return request;
  }

  finishRequest(): void {
    this.#open--;
    this.#checkDrained();
  }

  #checkDrained(): void {
    if (this.#open === 0) this.#onDrained?.();
  }
}

/** One of the calls in flight; lives as long as the loop, so that a call allocates nothing here. */
class Slot implements CallReceiver {
  readonly #loop: ClosedLoop;
  readonly #connection: UnaryConnection;
  #request: PreparedRequest | undefined;
  #startedAt = 0;

  constructor(loop: ClosedLoop, connection: UnaryConnection) {
    this.#loop = loop;
    this.#connection = connection;
  }

  callNext(): void {
    this.#request = this.#loop.takeRequest();
    if (!this.#request) return;
    this.#startedAt = performance.now();
    this.#connection.call(this.#request.body, this);
  }

  onAnswer(body: Buffer): void {
    const micros = (performance.now() - this.#startedAt) * 1000;
    const fault = this.#request && checkAnswer(body, this.#request.expected);
    if (fault === undefined) this.#loop.latencies.record(micros);
    else this.#loop.errors.add(fault);
    this.#proceed();
  }

  onFailure(reason: string): void {
    this.#loop.errors.add(reason);
    this.#proceed();
  }

  #proceed(): void {
    this.#loop.finishRequest();
    this.callNext();
  }
}
