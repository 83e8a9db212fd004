import type { MetricFamily } from "../observe/metric-family.js";
import { countsOf, mergeMetrics, type ProcessMetrics } from "./merge-metrics.js";

/**
 * The last known numbers of every process, and the counts of those that have ended: a sum that went back when a process
 * ends would look to Prometheus as if the server had begun anew.
 */
export class MetricsLedger<Process> {
  readonly #latest = new Map<Process, ProcessMetrics>();
  #retired: readonly MetricFamily[] = [];

  record(process: Process, metrics: ProcessMetrics): void {
    this.#latest.set(process, metrics);
  }

  /** It has ended: what it counted stays, what it measured goes. */
  retire(process: Process): void {
    const last = this.#latest.get(process);
    if (last === undefined) return;
    this.#latest.delete(process);
    this.#retired = mergeMetrics([this.#ended(), { process: undefined, families: countsOf(last.families) }]);
  }

  /** All of them as one server's. */
  merged(): readonly MetricFamily[] {
    return mergeMetrics([...this.#latest.values(), this.#ended()]);
  }

  #ended(): ProcessMetrics {
    return { process: undefined, families: this.#retired };
  }
}
