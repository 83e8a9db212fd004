import type { HistogramOptions, LogFields, Logger, MetricOptions, Metrics } from "@paddlewheel/core";
import { recordThrown, restoreThrown, type ThrownRecord } from "./thrown-record.js";

/** What a worker tells the server on the side. */
export type WorkerNote = LogNote | MetricNote;

export interface LogNote {
  readonly note: "log";
  readonly level: LogLevel;
  readonly fields: LogFields;
  /** The fields that are errors. */
  readonly thrown: Readonly<Record<string, ThrownRecord>>;
  readonly message: string;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface MetricNote {
  readonly note: "metric";
  readonly kind: "counter" | "gauge" | "histogram";
  readonly options: MetricOptions & HistogramOptions;
  readonly value: number;
}

/** A line of a worker's log, with errors in a form that keeps what they say. */
export function createLogNote(level: LogLevel, fields: LogFields, message: string): LogNote {
  const isError = ([, value]: [string, unknown]): boolean => value instanceof Error;
  const entries = Object.entries(fields);
  const thrown = entries.filter(isError).map(([name, error]) => [name, recordThrown(error)]);
  return {
    note: "log",
    level,
    fields: Object.fromEntries(entries.filter((entry) => !isError(entry))),
    thrown: Object.fromEntries(thrown),
    message,
  };
}

/** Does in the server what an Op asked for in a worker. Modules of Ops may post messages of their own: they are ignored. */
export function receiveNote(
  message: unknown,
  { logger, metrics }: { logger: Logger; metrics: Metrics },
): void {
  if (typeof message !== "object" || message === null || !("note" in message)) return;
  const note = message as WorkerNote;
  if (note.note === "log") writeLine(note, logger);
  else if (note.note === "metric") recordMetric(note, metrics);
}

function writeLine({ level, fields, thrown, message }: LogNote, logger: Logger): void {
  const errors = Object.entries(thrown).map(([name, record]) => [name, restoreThrown(record)]);
  logger[level]({ ...fields, ...Object.fromEntries(errors) }, message);
}

function recordMetric({ kind, options, value }: MetricNote, metrics: Metrics): void {
  if (kind === "counter") metrics.counter(options).increment(value);
  else if (kind === "gauge") metrics.gauge(options).set(value);
  else metrics.histogram(options).observe(value);
}
