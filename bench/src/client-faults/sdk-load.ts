import { setTimeout as sleep } from "node:timers/promises";
import type { AttemptEvent, CallEngine, CallObserver, CallOutcome, CallRequest } from "@paddlewheel/client";
import { checkMessage } from "../load/answer-check.js";
import { ErrorTally } from "../measure/error-tally.js";
import { LatencyHistogram } from "../measure/latency-histogram.js";
import { inferenceName } from "../workloads/bench-service.js";
import type { CheckedRequest, PreparedWorkload } from "../workloads/workload.js";

/** Time of a call: long enough for what a busy machine takes, short enough to tell an answer that never comes. */
const timeoutMs = 5000;

/** Calls that were started in one stretch of time, and all attempts they took. */
export class LoadPhase implements CallObserver {
  /** Of all calls, from the time each was due, in µs. */
  readonly latencies: LatencyHistogram = new LatencyHistogram();
  readonly failures: ErrorTally = new ErrorTally();
  readonly attempts: Record<AttemptEvent["kind"], number> = { first: 0, retry: 0, hedge: 0 };
  /** Retries and hedges that there was no budget for. */
  readonly unpaid: Record<"retry" | "hedge", number> = { retry: 0, hedge: 0 };
  /** When each attempt began, in ms from the start, by host. */
  readonly startsByHost: Map<string, number[]> = new Map();
  readonly startedAt: number = performance.now();
  /** How long calls were made. */
  readonly seconds: number;
  calls = 0;

  constructor(seconds: number) {
    this.seconds = seconds;
  }

  get extraAttempts(): number {
    return this.attempts.retry + this.attempts.hedge;
  }

  onCall(): void {
    // The load looks at the outcome itself.
  }

  onAttempt({ host, kind, latencyMs }: AttemptEvent): void {
    this.attempts[kind]++;
    const starts = this.startsByHost.get(host) ?? [];
    starts.push(performance.now() - latencyMs - this.startedAt);
    this.startsByHost.set(host, starts);
  }

  onBudgetSpent(kind: "retry" | "hedge"): void {
    this.unpaid[kind]++;
  }
}

export interface SdkLoadOptions {
  readonly workload: PreparedWorkload;
  /** Calls per second, whatever becomes of them. */
  readonly rate: number;
}

/** Makes calls by the SDK at a fixed rate, as many callers who know nothing of each other do. */
export class SdkLoad {
  readonly #options: SdkLoadOptions;
  #phase = new LoadPhase(0);
  #open = 0;

  constructor(options: SdkLoadOptions) {
    this.#options = options;
  }

  /** Tells whichever phase is under way. */
  readonly observer: CallObserver = {
    onCall: () => this.#phase.onCall(),
    onAttempt: (event) => this.#phase.onAttempt(event),
    onBudgetSpent: (kind) => this.#phase.onBudgetSpent(kind),
  };

  /** Ends when all its calls have ended. */
  async run(engine: CallEngine, seconds: number): Promise<LoadPhase> {
    const phase = new LoadPhase(seconds);
    this.#phase = phase;
    const msPerCall = 1000 / this.#options.rate;
    const total = Math.round((seconds * 1000) / msPerCall);
    while (phase.calls < total) {
      const due = Math.min(Math.ceil((performance.now() - phase.startedAt) / msPerCall), total);
      while (phase.calls < due) this.#call(engine, phase.startedAt + phase.calls * msPerCall);
      await sleep(1);
    }
    while (this.#open > 0) await sleep(1);
    return phase;
  }

  #call(engine: CallEngine, dueAt: number): void {
    const phase = this.#phase;
    const { requests, service } = this.#options.workload;
    const request = requests[phase.calls++ % requests.length];
    if (!request) throw new RangeError("a load needs requests");
    const { message } = request;
    const call: CallRequest = { service: service.name, method: inferenceName, message, timeoutMs };
    this.#open++;
    engine.start(call, (outcome) => {
      this.#open--;
      phase.latencies.record((performance.now() - dueAt) * 1000);
      const fault = faultOf(outcome, request);
      if (fault !== undefined) phase.failures.add(fault);
    });
  }
}

function faultOf(outcome: CallOutcome, { expected }: CheckedRequest): string | undefined {
  if ("answer" in outcome) return checkMessage(outcome.answer.message, expected);
  const { message, details } = outcome.error;
  return `${message} (${details.attempts ?? "no attempt"})`;
}
