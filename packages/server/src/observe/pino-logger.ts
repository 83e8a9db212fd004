import type { Logger } from "@paddlewheel/core";
import { type Logger as PinoLogger, pino } from "pino";
import { type AccessLog, printedAccess } from "./access-log.js";
import { LineSink } from "./line-sink.js";

export interface LogSink {
  readonly logger: Logger;
  /** Writes to the same place, in order with the logger's own lines. */
  readonly accessLog: AccessLog;
  /** Writes what is held; nothing is lost when the process ends after it. */
  flush(): Promise<void>;
}

export interface PinoLoggerOptions {
  /** Least level that is written: debug, info (default), warn, error. */
  readonly level?: string;
  /** File descriptor; default 1, standard output. */
  readonly fd?: number;
}

/** JSON lines, one per event: level, ISO time, fields, message. */
export function createPinoLogger(options: PinoLoggerOptions = {}): LogSink {
  const sink = new LineSink(options.fd ?? 1);
  const root = pino(
    {
      level: options.level ?? "info",
      base: null,
      timestamp: timeField,
      formatters: { level: (level) => ({ level }) },
    },
    sink,
  );
  const logger = wrap(root);
  const print = (line: string): void => sink.write(line);
  const isOn = (): boolean => root.isLevelEnabled("info");
  return {
    logger,
    accessLog: printedAccess({ print, isOn, timeField, logger }),
    flush: () => sink.close(),
  };
}

function wrap(log: PinoLogger): Logger {
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
    child: (fields) => wrap(log.child(fields)),
  };
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
