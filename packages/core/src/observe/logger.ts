/** Fields of a log line, machine-readable. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured logging as the rooms see it; the server brings the real one. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A logger whose every line also has these fields; they are written down once, not per line. */
  child(fields: LogFields): Logger;
}

/** Drops everything: the default of a library nobody asked to speak. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
};
