import type { Logger } from "@paddlewheel/core";
import { type Logger as PinoLogger, pino } from "pino";
import { type AccessLog, printedAccess } from "./access-log.js";
import { LineSink } from "./line-sink.js";

/** From the least severe on; `silent` is none at all. */
const severities = { debug: 20, info: 30, warn: 40, error: 50, silent: 60 } as const;
export type LogLevel = keyof typeof severities;

export function isLogLevel(text: string): text is LogLevel {
  return Object.hasOwn(severities, text);
}

export interface LogSink {
  readonly logger: Logger;
  /** Least level that is written; may be changed at any time. */
  level: LogLevel;
  /** Writes to the same place, in order with the logger's own lines. */
  readonly accessLog: AccessLog;
  /** Writes what is held; nothing is lost when the process ends after it. */
  flush(): Promise<void>;
}

export interface PinoLoggerOptions {
  /** Least level that is written. Default info. */
  readonly level?: LogLevel;
  /** File descriptor; default 1, standard output. */
  readonly fd?: number;
  /** Number of this process, of several that write to the same place; on every line then. Default: it is the only one. */
  readonly process?: number;
}

/** JSON lines, one per event: level, ISO time, fields, message. */
export function createPinoLogger(options: PinoLoggerOptions = {}): LogSink {
  const { fd = 1, process } = options;
  const sink = new LineSink(fd, { isShared: process !== undefined });
  const root = pino(
    {
      // What is written is decided here: children of a pino logger keep the level they were made with.
      level: "debug",
      base: process === undefined ? null : { process },
      timestamp: timeField,
      formatters: { level: (level) => ({ level }) },
    },
    sink,
  );
  const threshold: Threshold = { level: options.level ?? "info" };
  const logger = wrap(root, threshold);
  const isOn = (): boolean => writes(threshold, "info");
  return Object.assign(threshold, {
    logger,
    accessLog: printedAccess({ sink, isOn, timeField: timeFieldOf(process) }),
    flush: () => sink.close(),
  });
}

interface Threshold {
  level: LogLevel;
}

function writes({ level }: Threshold, wanted: LogLevel): boolean {
  return severities[wanted] >= severities[level];
}

function wrap(log: PinoLogger, threshold: Threshold): Logger {
  return {
    debug: (fields, message) => writes(threshold, "debug") && log.debug(fields, message),
    info: (fields, message) => writes(threshold, "info") && log.info(fields, message),
    warn: (fields, message) => writes(threshold, "warn") && log.warn(fields, message),
    error: (fields, message) => writes(threshold, "error") && log.error(fields, message),
    child: (fields) => wrap(log.child(fields), threshold),
  };
}

function timeFieldOf(process: number | undefined): () => string {
  return process === undefined ? timeField : () => `${timeField()},"process":${process}`;
}

let lastMs = 0;
let lastField = "";

/** The time of a line; lines of one millisecond share the text, which is what costs. */
function timeField(): string {
  const now = Date.now();
  if (now !== lastMs) {
    lastMs = now;
    lastField = `,"time":"${new Date(now).toISOString()}"`;
  }
  return lastField;
}
