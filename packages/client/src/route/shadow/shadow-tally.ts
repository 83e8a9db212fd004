import {
  type CodeName,
  type Counter,
  codeName,
  type Gauge,
  limitCounter,
  type Metrics,
  type ServeError,
} from "@paddlewheel/core";
import type { Comparison } from "../../compare/comparison.js";
import type { ShadowReport } from "./shadow-report.js";

type Outcome = "equal" | "different" | "failed" | "dropped" | "too_large";

/**
 * Counts what becomes of copies, also as `paddlewheel_client_shadow_calls_total{outcome}`,
 * `paddlewheel_client_shadow_max_difference` and `limit_exceeded_total`.
 */
export class ShadowTally {
  readonly #counts: Record<Outcome, number> = { equal: 0, different: 0, failed: 0, dropped: 0, too_large: 0 };
  readonly #failures: Partial<Record<CodeName, number>> = {};
  readonly #counters: Readonly<Record<Outcome, Counter>>;
  readonly #refusals: { readonly dropped: Counter; readonly too_large: Counter };
  readonly #maxDifference: Gauge;
  #maxAbsolute = 0;
  #maxRelative = 0;

  constructor(metrics: Metrics, labels: { readonly endpoint: string; readonly variant: string }) {
    const counterOf = (outcome: Outcome): Counter =>
      metrics.counter({
        name: "paddlewheel_client_shadow_calls_total",
        help: "Calls drawn to be copied to the shadow variant, by what became of the copy.",
        labels: { ...labels, outcome },
      });
    this.#counters = {
      equal: counterOf("equal"),
      different: counterOf("different"),
      failed: counterOf("failed"),
      dropped: counterOf("dropped"),
      too_large: counterOf("too_large"),
    };
    this.#refusals = {
      dropped: limitCounter(metrics, "client_shadow_in_flight", { endpoint: labels.endpoint }),
      too_large: limitCounter(metrics, "client_shadow_bytes", { endpoint: labels.endpoint }),
    };
    this.#maxDifference = metrics.gauge({
      name: "paddlewheel_client_shadow_max_difference",
      help: "Largest difference of two numbers in the answers of shadow and primary.",
      labels,
      acrossProcesses: "each",
    });
  }

  addCompared({ isEqual, maxAbsolute, maxRelative }: Comparison): void {
    this.#count(isEqual ? "equal" : "different");
    this.#maxRelative = Math.max(this.#maxRelative, maxRelative);
    if (maxAbsolute <= this.#maxAbsolute) return;
    this.#maxAbsolute = maxAbsolute;
    this.#maxDifference.set(maxAbsolute);
  }

  addFailed({ code }: ServeError): void {
    this.#count("failed");
    const name = codeName(code) ?? "internal";
    this.#failures[name] = (this.#failures[name] ?? 0) + 1;
  }

  addRefused(outcome: "dropped" | "too_large"): void {
    this.#count(outcome);
    this.#refusals[outcome].increment();
  }

  report(): Omit<ShadowReport, "variant" | "inFlight" | "examples"> {
    const { equal, different, dropped, too_large: tooLarge } = this.#counts;
    return {
      compared: equal + different,
      equal,
      different,
      failed: { ...this.#failures },
      dropped,
      tooLarge,
      maxAbsolute: this.#maxAbsolute,
      maxRelative: this.#maxRelative,
    };
  }

  #count(outcome: Outcome): void {
    this.#counts[outcome]++;
    this.#counters[outcome].increment();
  }
}
