/** One value of a metric, as prom-client has it; `metricName` where it is not the family's: `seconds_bucket`. */
export interface MetricRow {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** How the rows of several processes become those of one server. */
export type AcrossProcesses =
  /** Rows with the same labels add up. */
  | "sum"
  /** Each process keeps its own, with the label `process`. */
  | "each"
  /** They are all the same: one is enough. */
  | "first";

/** A metric with all its rows, as it goes from process to process. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly acrossProcesses: AcrossProcesses;
  readonly rows: readonly MetricRow[];
}
