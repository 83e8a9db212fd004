import type {
  Counter,
  Gauge,
  GaugeOptions,
  Histogram,
  HistogramOptions,
  Labels,
  MetricOptions,
  Metrics,
} from "@paddlewheel/core";
import { collectDefaultMetrics, Registry } from "prom-client";
import { HistogramRecorder } from "./histogram-recorder.js";
import type { AcrossProcesses, MetricFamily, MetricRow } from "./metric-family.js";

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

type Series = {
  readonly labels: Labels;
  readonly rows: () => readonly MetricRow[];
  readonly instrument: unknown;
};
type Family = Omit<MetricFamily, "rows"> & { readonly series: Map<string, Series> };
type FamilyType = "counter" | "gauge" | "histogram";

/**
 * Metrics kept as plain numbers while requests run, and handed to prom-client when somebody scrapes: recording costs
 * nanoseconds where prom-client's own histogram costs a microsecond.
 */
export class PromMetrics implements Metrics {
  readonly #registry: Registry;
  readonly #families = new Map<string, Family>();

  constructor(options: { readonly withProcessMetrics?: boolean } = {}) {
    this.#registry = options.withProcessMetrics ? Registry.merge([processRegistry()]) : new Registry();
  }

  /** The Prometheus text format. */
  async text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The same as numbers, to be put together with those of other processes. */
  async families(): Promise<readonly MetricFamily[]> {
    const own = [...this.#families.values()].map(({ series, ...family }) => ({
      ...family,
      rows: [...series.values()].flatMap(({ rows }) => rows()),
    }));
    const others = await this.#registry.getMetricsAsJSON();
    return [...own, ...others.filter(({ name }) => !this.#families.has(name)).map(ofProcess)];
  }

  /** The values now, but for the buckets of histograms. */
  samples(): readonly MetricSample[] {
    return [...this.#families].flatMap(([family, { series }]) =>
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

  gauge(options: GaugeOptions): Gauge {
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

  observedGauge(options: GaugeOptions, read: () => number): void {
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
    { name, help, labels = {}, acrossProcesses = "sum" }: GaugeOptions,
    create: () => { instrument: I; rows: (labels: Record<string, string>) => readonly MetricRow[] },
  ): I {
    const { series } = this.#families.get(name) ?? this.#addFamily({ name, help, type, acrossProcesses });
    const key = JSON.stringify(Object.entries(labels).sort());
    const existing = series.get(key);
    if (existing) return existing.instrument as I;
    const { instrument, rows } = create();
    if (series.size < maxSeries) series.set(key, { labels, instrument, rows: () => rows({ ...labels }) });
    return instrument;
  }

  #addFamily(options: Omit<MetricFamily, "rows">): Family {
    const family: Family = { ...options, series: new Map() };
    const { name, help, type, series } = family;
    this.#families.set(name, family);
    const metric = {
      name,
      get: () => ({
        name,
        help,
        type,
        aggregator: "sum",
        values: [...series.values()].flatMap(({ rows }) => rows()),
      }),
      reset: () => {},
    };
    // prom-client asks nothing of a metric but its name and get(); its types want a class of its own.
    this.#registry.registerMetric(metric as unknown as Parameters<Registry["registerMetric"]>[0]);
    return family;
  }
}

let ofThisProcess: Registry | undefined;

/**
 * Metrics of the process and of Node, collected once: what prom-client watches the collector and the event loop with it
 * never gives back, nor the registry it was given.
 */
function processRegistry(): Registry {
  if (ofThisProcess) return ofThisProcess;
  ofThisProcess = new Registry();
  collectDefaultMetrics({ register: ofThisProcess });
  return ofThisProcess;
}

/** Numbers of all processes in the Prometheus text format. */
export async function metricsText(families: readonly MetricFamily[]): Promise<string> {
  const registry = new Registry();
  for (const { name, help, type, rows } of families) {
    const metric = { name, get: () => ({ name, help, type, values: [...rows] }) };
    // As above: nothing else is asked of it.
    registry.registerMetric(metric as unknown as Parameters<Registry["registerMetric"]>[0]);
  }
  return registry.metrics();
}

type JsonMetric = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>[number];

/** Metrics that prom-client brings itself, of the process and of Node. */
function ofProcess(metric: JsonMetric): MetricFamily {
  const { name, help, type, aggregator, values } = metric as JsonMetric & {
    readonly values: readonly MetricRow[];
  };
  return {
    name,
    help,
    type: String(type),
    acrossProcesses: acrossProcesses(String(type), aggregator),
    rows: values,
  };
}

/** Memory, delays and starts of several processes make no sum. */
function acrossProcesses(type: string, aggregator: string): AcrossProcesses {
  if (type !== "gauge") return "sum";
  return aggregator === "first" ? "first" : "each";
}

function histogramRows(
  name: string,
  labels: Record<string, string>,
  recorder: HistogramRecorder,
): MetricRow[] {
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
