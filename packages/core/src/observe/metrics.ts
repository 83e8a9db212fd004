/** Label values by label name. Values come from loaded conf and models only, never from a request. */
export type Labels = Readonly<Record<string, string>>;

export interface Counter {
  increment(by?: number): void;
}

export interface Gauge {
  set(value: number): void;
}

export interface Histogram {
  observe(value: number): void;
}

/** Of two metrics with one name and the same labels, both callers get the same one. */
export interface MetricOptions {
  readonly name: string;
  readonly help: string;
  readonly labels?: Labels;
}

export interface GaugeOptions extends MetricOptions {
  /**
   * What becomes of it when several processes are one server: `sum` adds up, `each` keeps one per process, for what makes
   * no sum, a point in time say. Default sum.
   */
  readonly acrossProcesses?: "sum" | "each";
}

export interface HistogramOptions extends MetricOptions {
  /** Upper bounds of the buckets, rising; the default covers latencies in seconds from 50 µs to 60 s. */
  readonly buckets?: readonly number[];
}

/** Where measurements go. Ask for a metric once, at load; recording must be cheap enough for every request. */
export interface Metrics {
  counter(options: MetricOptions): Counter;
  gauge(options: GaugeOptions): Gauge;
  /** A gauge that is read only when somebody looks. */
  observedGauge(options: GaugeOptions, read: () => number): void;
  histogram(options: HistogramOptions): Histogram;
}

/** The counter of one limit's refusals; labels beside say of which method it is, where each has its own. */
export function limitCounter(metrics: Metrics, limit: string, labels: Labels = {}): Counter {
  return metrics.counter({
    name: "limit_exceeded_total",
    help: "Requests, connections or bytes refused, by the limit that refused them.",
    labels: { limit, ...labels },
  });
}

/** Records nothing. */
export const noMetrics: Metrics = {
  counter: () => ({ increment: () => {} }),
  gauge: () => ({ set: () => {} }),
  observedGauge: () => {},
  histogram: () => ({ observe: () => {} }),
};
