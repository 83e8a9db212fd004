import type { Logger } from "@paddlewheel/core";
import { destination, type Logger as PinoLogger, pino, stdTimeFunctions } from "pino";

/** Bytes collected before a write: one system call for some dozens of lines. */
const bufferBytes = 8192;
/** The longest a line waits in the buffer. */
const flushIntervalMs = 200;

export interface LogSink {
  readonly logger: Logger;
  /** Writes what is buffered; nothing is lost when the process ends after it. */
  flush(): void;
}

/** JSON lines on standard output (file descriptor 1) or another one, buffered. */
export function createPinoLogger(options: { readonly level?: string; readonly fd?: number } = {}): LogSink {
  const stream = destination({ fd: options.fd ?? 1, sync: false, minLength: bufferBytes });
  const timer = setInterval(() => stream.flush(), flushIntervalMs);
  timer.unref();
  const log: PinoLogger = pino(
    {
      level: options.level ?? "info",
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    stream,
  );
  return {
    logger: {
      debug: (fields, message) => log.debug(fields, message),
      info: (fields, message) => log.info(fields, message),
      warn: (fields, message) => log.warn(fields, message),
      error: (fields, message) => log.error(fields, message),
    },
    flush: () => {
      clearInterval(timer);
      stream.flushSync();
    },
  };
}
