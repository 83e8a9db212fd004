import type {
  Counter,
  Gauge,
  Histogram,
  HistogramOptions,
  Labels,
  MetricOptions,
  Metrics,
} from "@paddlewheel/core";
import { collectDefaultMetrics, Registry } from "prom-client";
import { HistogramRecorder } from "./histogram-recorder.js";

/** Seconds, 50 µs to 60 s: from a linear model inline to the longest default deadline. */
const latencyBuckets = [
  0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
  10, 30, 60,
];

/** Series kept per metric; label values come from conf, so reaching it means a conf of that size. */
const maxSeries = 1000;

/** One value of a metric. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

type SampleRow = {
  readonly metricName?: string;
  readonly labels: Record<string, string | number>;
  readonly value: number;
};
type Series = {
  readonly labels: Labels;
  readonly rows: () => readonly SampleRow[];
  readonly instrument: unknown;
};
type FamilyType = "counter" | "gauge" | "histogram";

/**
 * Metrics kept as plain numbers while requests run, and handed to prom-client when somebody scrapes: recording costs
 * nanoseconds where prom-client's own histogram costs a microsecond.
 */
export class PromMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #families = new Map<string, Map<string, Series>>();

  constructor(options: { readonly withProcessMetrics?: boolean } = {}) {
    if (options.withProcessMetrics) collectDefaultMetrics({ register: this.#registry });
  }

  /** The Prometheus text format. */
  async text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The values now, but for the buckets of histograms. */
  samples(): readonly MetricSample[] {
    return [...this.#families].flatMap(([family, series]) =>
      [...series.values()]
        .flatMap(({ rows }) => rows())
        .filter(({ labels }) => labels.le === undefined)
        .map(({ metricName: name = family, labels, value }) => ({ name, labels, value })),
    );
  }

  counter(options: MetricOptions): Counter {
    return this.#series("counter", options, () => {
      let total = 0;
      const instrument: Counter = {
        increment: (by = 1) => {
          total += by;
        },
      };
      return { instrument, rows: (labels) => [{ labels, value: total }] };
    });
  }

  gauge(options: MetricOptions): Gauge {
    return this.#series("gauge", options, () => {
      let current = 0;
      const instrument: Gauge = {
        set: (value) => {
          current = value;
        },
      };
      return { instrument, rows: (labels) => [{ labels, value: current }] };
    });
  }

  observedGauge(options: MetricOptions, read: () => number): void {
    this.#series("gauge", options, () => ({
      instrument: read,
      rows: (labels) => [{ labels, value: read() }],
    }));
  }

  histogram(options: HistogramOptions): Histogram {
    return this.#series("histogram", options, () => {
      const recorder = new HistogramRecorder(options.buckets ?? latencyBuckets);
      return { instrument: recorder, rows: (labels) => histogramRows(options.name, labels, recorder) };
    });
  }

  #series<I>(
    type: FamilyType,
    { name, help, labels = {} }: MetricOptions,
    create: () => { instrument: I; rows: (labels: Record<string, string>) => readonly SampleRow[] },
  ): I {
    const family = this.#families.get(name) ?? this.#addFamily(type, name, help);
    const key = JSON.stringify(Object.entries(labels).sort());
    const existing = family.get(key);
    if (existing) return existing.instrument as I;
    const { instrument, rows } = create();
    if (family.size < maxSeries) family.set(key, { labels, instrument, rows: () => rows({ ...labels }) });
    return instrument;
  }

  #addFamily(type: FamilyType, name: string, help: string): Map<string, Series> {
    const family = new Map<string, Series>();
    this.#families.set(name, family);
    const metric = {
      name,
      get: () => ({
        name,
        help,
        type,
        aggregator: "sum",
        values: [...family.values()].flatMap(({ rows }) => rows()),
      }),
      reset: () => {},
    };
    // prom-client asks nothing of a metric but its name and get(); its types want a class of its own.
    this.#registry.registerMetric(metric as unknown as Parameters<Registry["registerMetric"]>[0]);
    return family;
  }
}

function histogramRows(
  name: string,
  labels: Record<string, string>,
  recorder: HistogramRecorder,
): SampleRow[] {
  const { bounds, counts, count, sum } = recorder;
  let cumulative = 0;
  const buckets = [...bounds].map((bound, i) => {
    cumulative += counts[i] ?? 0;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: bound }, value: cumulative };
  });
  return [
    ...buckets,
    { metricName: `${name}_bucket`, labels: { ...labels, le: "+Inf" }, value: count },
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
