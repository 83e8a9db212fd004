import type { MetricFamily, MetricRow } from "../observe/metric-family.js";

/** The numbers of one process. */
export interface ProcessMetrics {
  /** Undefined for processes that have ended, whose counts go on. */
  readonly process: number | undefined;
  readonly families: readonly MetricFamily[];
}

/** The numbers of all processes as those of one server, in the order the families come. */
export function mergeMetrics(all: readonly ProcessMetrics[]): readonly MetricFamily[] {
  const merged = new Map<string, MergedFamily>();
  for (const { process, families } of all) {
    for (const family of families) {
      const into = merged.get(family.name) ?? { family, rows: new Map<string, MetricRow>() };
      merged.set(family.name, into);
      for (const row of family.rows) addRow(into, process, row);
    }
  }
  return [...merged.values()].map(({ family, rows }) => ({ ...family, rows: [...rows.values()] }));
}

/** Of these families what only grows: what must not go back when a process ends. */
export function countsOf(families: readonly MetricFamily[]): readonly MetricFamily[] {
  return families.filter(({ type }) => type === "counter" || type === "histogram" || type === "summary");
}

interface MergedFamily {
  readonly family: MetricFamily;
  readonly rows: Map<string, MetricRow>;
}

function addRow({ family, rows }: MergedFamily, process: number | undefined, row: MetricRow): void {
  const isKeptApart = family.acrossProcesses === "each" && process !== undefined;
  const own = isKeptApart ? { ...row, labels: { ...row.labels, process: String(process) } } : row;
  const key = keyOf(own);
  const before = rows.get(key);
  if (before === undefined) rows.set(key, own);
  else if (family.acrossProcesses === "sum") rows.set(key, { ...own, value: before.value + own.value });
  // Of a process and the one that takes its place the later counts.
  else if (family.acrossProcesses === "each") rows.set(key, own);
}

function keyOf({ metricName = "", labels }: MetricRow): string {
  return JSON.stringify([
    metricName,
    ...Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)),
  ]);
}
