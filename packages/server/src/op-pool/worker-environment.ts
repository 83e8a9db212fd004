import { inspect } from "node:util";
import { parentPort } from "node:worker_threads";
import {
  Code,
  type DagNode,
  type InferManager,
  type LogFields,
  type Logger,
  type MetricOptions,
  type Metrics,
  type OpEnvironment,
  ServeError,
  systemClock,
} from "@paddlewheel/core";
import { createLogNote, type LogLevel, type MetricNote, type WorkerNote } from "./worker-note.js";

/**
 * What an Op gets from outside in a worker: no engines, its own clock, and a logger and metrics that tell the server. A
 * log line or a measurement is a message, some 10 µs: one per request is fine, one per row is not.
 */
export function createWorkerEnvironment(node: DagNode): OpEnvironment {
  return {
    inferManager: noEngines(node),
    logger: createNoteLogger({}),
    metrics: noteMetrics,
    clock: systemClock,
  };
}

function noEngines({ name, type }: DagNode): InferManager {
  const refusal = (): ServeError =>
    new ServeError(
      Code.opFailure,
      `op "${name}" (${type}) runs on the pool, where there are no engines: split it, and let a node on the event loop run the model`,
    );
  return {
    has: () => false,
    engine() {
      throw refusal();
    },
    infer: () => Promise.reject(refusal()),
  };
}

function createNoteLogger(bound: LogFields): Logger {
  const log =
    (level: LogLevel) =>
    (fields: LogFields, message: string): void =>
      postLine(level, { ...bound, ...fields }, message);
  return {
    debug: log("debug"),
    info: log("info"),
    warn: log("warn"),
    error: log("error"),
    child: (fields) => createNoteLogger({ ...bound, ...fields }),
  };
}

/** Fields that cannot be cloned go as text: a log line must not fail the Op. */
function postLine(level: LogLevel, fields: LogFields, message: string): void {
  try {
    post(createLogNote(level, fields, message));
  } catch {
    post(createLogNote(level, { fields: inspect(fields) }, message));
  }
}

const noteMetrics: Metrics = {
  counter: (options) => ({ increment: (by = 1) => postValue("counter", options, by) }),
  gauge: (options) => ({ set: (value) => postValue("gauge", options, value) }),
  histogram: (options) => ({ observe: (value) => postValue("histogram", options, value) }),
  observedGauge({ name }) {
    const message = `the gauge "${name}" cannot be read in a worker: an Op on the pool sets gauges`;
    throw new ServeError(Code.opFailure, message);
  },
};

function postValue(kind: MetricNote["kind"], options: MetricOptions, value: number): void {
  post({ note: "metric", kind, options, value });
}

function post(note: WorkerNote): void {
  parentPort?.postMessage(note);
}
