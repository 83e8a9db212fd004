import { cpuMicrosPerRequest, requestsPerSecond } from "../measure/measured-window.js";
import type { Spread } from "../measure/statistics.js";
import type { BenchCase } from "../run/bench-case.js";
import type { WindowProgress } from "../run/run-case.js";
import type { ContenderSummary } from "./summary.js";

const header = [
  "contender",
  "requests/s",
  "× baseline",
  "CPU µs/request",
  "× cheaper",
  "p50 ms",
  "p99 ms",
  "RSS MB",
  "loader",
  "errors",
];

/** One case as text: a line that says what was asked, and a row per contender. */
export function formatCase(benchCase: BenchCase, summaries: readonly ContenderSummary[]): string {
  const lines = alignColumns([header, ...summaries.map(formatRow)]);
  const errors = summaries.flatMap(formatErrors);
  return [formatTitle(benchCase), ...lines, ...errors].join("\n");
}

function formatTitle({ suite, workload, inFlight, connections, rounds, seconds }: BenchCase): string {
  const load = `${inFlight} in flight on ${count(connections, "connection")}`;
  const name = suite === workload ? suite : `${suite}, ${workload}`;
  return `${name}: ${load}, ${count(rounds, "round")} of ${seconds} s`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function formatRow(summary: ContenderSummary): readonly string[] {
  return [
    summary.title,
    formatSpread(summary.requestsPerSecond),
    formatSpread(summary.requestsRatio),
    formatSpread(summary.cpuMicrosPerRequest),
    formatSpread(summary.cpuRatio),
    formatFigure(summary.p50Micros.median / 1000),
    formatFigure(summary.p99Micros.median / 1000),
    String(Math.round(summary.peakRssBytes / 1e6)),
    `${Math.round(summary.loaderBusy * 100)} %`,
    String(summary.errors),
  ];
}

function formatErrors({ title, errors, errorSamples }: ContenderSummary): readonly string[] {
  if (errors === 0) return [];
  return [
    `ERRORS of ${title}: ${errors}, the figures above are void`,
    ...errorSamples.map((text) => `  ${text}`),
  ];
}

/** `median [min–max]` */
export function formatSpread({ median, min, max }: Spread): string {
  return `${formatFigure(median)} [${formatFigure(min)}–${formatFigure(max)}]`;
}

/** Three digits that mean something: a fourth would be noise. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (value >= 100) return String(Math.round(value));
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** The first column to the left, figures to the right. */
function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  "),
  );
}

/** One line while a case runs. */
export function formatWindow({ round, title, window }: WindowProgress): string {
  const cpu = formatFigure(cpuMicrosPerRequest(window));
  const errors = window.errors === 0 ? "" : `, ${window.errors} ERRORS`;
  return `round ${round + 1}  ${title}: ${formatFigure(requestsPerSecond(window))}/s, ${cpu} µs CPU${errors}`;
}
