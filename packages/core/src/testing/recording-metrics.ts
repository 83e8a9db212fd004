import type { Counter, Gauge, Histogram, Labels, MetricOptions, Metrics } from "../observe/metrics.js";

/** One metric of one set of labels, with all that was recorded. */
interface Recording {
  readonly name: string;
  readonly labels: Labels;
  /** Increments of a counter, settings of a gauge, observations of a histogram, in order. */
  readonly values: number[];
  read?: () => number;
}

/**
 * Metrics that remember everything. Questions name a metric and, where it matters, some of its labels: all metrics of
 * that name that have these labels answer together.
 */
export class RecordingMetrics implements Metrics {
  readonly #recordings = new Map<string, Recording>();

  counter(options: MetricOptions): Counter {
    const { values } = this.#recording(options);
    return { increment: (by = 1) => values.push(by) };
  }

  gauge(options: MetricOptions): Gauge {
    const { values } = this.#recording(options);
    return { set: (value) => values.push(value) };
  }

  observedGauge(options: MetricOptions, read: () => number): void {
    this.#recording(options).read = read;
  }

  histogram(options: MetricOptions): Histogram {
    const { values } = this.#recording(options);
    return { observe: (value) => values.push(value) };
  }

  /** Sum of a counter's increments; 0 when nobody asked for such a counter. */
  counted(name: string, labels: Labels = {}): number {
    return this.#find(name, labels)
      .flatMap(({ values }) => values)
      .reduce((sum, by) => sum + by, 0);
  }

  /** What a gauge was last set to, or reads now when it is an observed one; undefined when it has no value yet. */
  gaugeValue(name: string, labels: Labels = {}): number | undefined {
    const found = this.#find(name, labels).at(-1);
    return found?.read ? found.read() : found?.values.at(-1);
  }

  /** What histograms observed, in the unit they were given. */
  observations(name: string, labels: Labels = {}): readonly number[] {
    return this.#find(name, labels).flatMap(({ values }) => values);
  }

  #recording({ name, labels = {} }: MetricOptions): Recording {
    const key = JSON.stringify([name, Object.entries(labels).sort()]);
    const recording = this.#recordings.get(key) ?? { name, labels, values: [] };
    this.#recordings.set(key, recording);
    return recording;
  }

  #find(name: string, labels: Labels): Recording[] {
    const wanted = Object.entries(labels);
    return [...this.#recordings.values()].filter(
      (recording) =>
        recording.name === name && wanted.every(([label, value]) => recording.labels[label] === value),
    );
  }
}
