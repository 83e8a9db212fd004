import {
  type Counter,
  codeName,
  type Labels,
  limitCounter,
  type Metrics,
  type ServeError,
} from "@paddlewheel/core";
import type { CallObserver } from "./call-observer.js";

/**
 * An observer that counts and times calls and attempts: `paddlewheel_client_calls_total{code}`,
 * `paddlewheel_client_call_seconds`, `paddlewheel_client_attempts_total{kind,code}`, `paddlewheel_client_attempt_seconds`,
 * and in `limit_exceeded_total` retries and hedges for which there was no budget.
 * @param labels of all of them, the names of endpoint and variant say
 */
export function measureCalls(metrics: Metrics, labels: Labels = {}): CallObserver {
  const calls = new CounterFamily(metrics, {
    name: "paddlewheel_client_calls_total",
    help: "Calls that have ended, by the code they ended with.",
    labels,
  });
  const attempts = new CounterFamily(metrics, {
    name: "paddlewheel_client_attempts_total",
    help: "Attempts that have ended, by why they were made and the code they ended with.",
    labels,
  });
  const callTimes = metrics.histogram({
    name: "paddlewheel_client_call_seconds",
    help: "From the start of a call to its end, with all its attempts.",
    labels,
  });
  const attemptTimes = metrics.histogram({
    name: "paddlewheel_client_attempt_seconds",
    help: "From the start of an attempt to its end.",
    labels,
  });
  const spent = {
    retry: limitCounter(metrics, "client_retry_budget", labels),
    hedge: limitCounter(metrics, "client_hedge_budget", labels),
  };
  return {
    onCall({ latencyMs, error }) {
      calls.of({ code: codeOf(error) }).increment();
      callTimes.observe(latencyMs / 1000);
    },
    onAttempt({ kind, latencyMs, error, isAbandoned }) {
      attempts.of({ kind, code: isAbandoned ? "abandoned" : codeOf(error) }).increment();
      attemptTimes.observe(latencyMs / 1000);
    },
    onBudgetSpent(kind) {
      spent[kind].increment();
    },
  };
}

function codeOf(error: ServeError | undefined): string {
  return error ? (codeName(error.code) ?? "internal") : "ok";
}

interface CounterFamilyOptions {
  readonly name: string;
  readonly help: string;
  readonly labels: Labels;
}

/** Counters of one name, asked for when their labels are first seen; the values are of closed sets. */
class CounterFamily {
  readonly #metrics: Metrics;
  readonly #options: CounterFamilyOptions;
  readonly #counters = new Map<string, Counter>();

  constructor(metrics: Metrics, options: CounterFamilyOptions) {
    this.#metrics = metrics;
    this.#options = options;
  }

  of(labels: Labels): Counter {
    const key = Object.values(labels).join(" ");
    let counter = this.#counters.get(key);
    if (!counter) {
      counter = this.#metrics.counter({ ...this.#options, labels: { ...this.#options.labels, ...labels } });
      this.#counters.set(key, counter);
    }
    return counter;
  }
}
