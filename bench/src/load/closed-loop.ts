import type { ErrorTally } from "../measure/error-tally.js";
import { LatencyHistogram } from "../measure/latency-histogram.js";
import type { CallConnection, CallReceiver, PreparedCall } from "./caller.js";

/** A loop that meets this many errors stops: its figures are void, and a failing server answers fast enough to flood. */
const maxErrors = 1000;

export interface ClosedLoopOptions {
  readonly connections: readonly CallConnection[];
  readonly inFlight: number;
  readonly calls: readonly PreparedCall[];
  readonly errors: ErrorTally;
}

/** Keeps a fixed number of calls in flight: each answer is checked and at once followed by the next call of its slot. */
export class ClosedLoop {
  readonly latencies: LatencyHistogram = new LatencyHistogram();
  readonly errors: ErrorTally;
  readonly #calls: readonly PreparedCall[];
  readonly #slots: readonly Slot[];
  #nextCall = 0;
  #isStopping = false;
  #open = 0;
  #onDrained: (() => void) | undefined;

  constructor({ connections, inFlight, calls, errors }: ClosedLoopOptions) {
    this.errors = errors;
    this.#calls = calls;
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

  /** The next call for a slot, which counts as in flight from now; undefined when the loop is stopping. */
  takeCall(): PreparedCall | undefined {
    if (this.#isStopping || this.errors.count >= maxErrors) return undefined;
    const call = this.#calls[this.#nextCall];
    this.#nextCall = (this.#nextCall + 1) % this.#calls.length;
    this.#open++;
    return call;
  }

  finishCall(): void {
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
  readonly #connection: CallConnection;
  #call: PreparedCall | undefined;
  #startedAt = 0;

  constructor(loop: ClosedLoop, connection: CallConnection) {
    this.#loop = loop;
    this.#connection = connection;
  }

  callNext(): void {
    this.#call = this.#loop.takeCall();
    if (!this.#call) return;
    this.#startedAt = performance.now();
    this.#connection.call(this.#call.body, this);
  }

  onAnswer(answer: Uint8Array): void {
    const micros = (performance.now() - this.#startedAt) * 1000;
    const fault = this.#call?.check(answer);
    if (fault === undefined) this.#loop.latencies.record(micros);
    else this.#loop.errors.add(fault);
    this.#proceed();
  }

  onFailure(reason: string): void {
    this.#loop.errors.add(reason);
    this.#proceed();
  }

  #proceed(): void {
    this.#loop.finishCall();
    this.callNext();
  }
}
