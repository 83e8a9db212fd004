import { type Logger, systemClock } from "@paddlewheel/core";
import type { OtelSink, OtelSinkOptions } from "@paddlewheel/otel";
import {
  createPinoLogger,
  defaultLimits,
  type LogLevel,
  ServerManager,
  type ServerOptions,
} from "@paddlewheel/server";
import { ExitCode } from "../exit-code.js";
import { given } from "../flags/given.js";
import type { Terminal, TextStream } from "../terminal.js";
import { LoadProgressLine } from "./load-progress-line.js";
import { logLevelFlag } from "./log-level-flag.js";
import { readyLine } from "./ready-line.js";
import { awaitStop, type StopReason } from "./stop-request.js";
import { startWatchdog } from "./watchdog.js";

export interface RunServerOptions
  extends Omit<ServerOptions, "logger" | "accessLog" | "onProgress" | "traceSink"> {
  readonly logLevel?: LogLevel;
  /** Where traces go, if anywhere. */
  readonly traceExport?: OtelSinkOptions | undefined;
}

/**
 * Runs a server until a signal or a stray error ends it: log lines as JSON on standard output, what a person at the
 * terminal should know on standard error. Returns when everything is closed; the process then ends by itself.
 * @throws ServeError when the server cannot start.
 */
export async function runServer(options: RunServerOptions, terminal: Terminal): Promise<ExitCode> {
  const log = createPinoLogger(given({ level: options.logLevel }));
  const { logger, accessLog } = log;
  const flags = [logLevelFlag(log), ...(options.flags ?? [])];
  const traceSink = await openTraceSink(options.traceExport);
  try {
    return await runUntilStopped(
      { ...options, flags, logger, accessLog, ...given({ traceSink }) },
      terminal.err,
    );
  } finally {
    await traceSink?.close();
    await log.flush();
  }
}

/** OpenTelemetry is loaded only where traces go there. */
async function openTraceSink(options: OtelSinkOptions | undefined): Promise<OtelSink | undefined> {
  if (options === undefined) return undefined;
  const { createOtelSink } = await import("@paddlewheel/otel");
  return createOtelSink(options);
}

type LoggedOptions = ServerOptions & { readonly logger: Logger };

async function runUntilStopped(options: LoggedOptions, err: TextStream): Promise<ExitCode> {
  const { conf, logger } = options;
  const progress = new LoadProgressLine(err);
  const stopped = watchForStop(options, err);
  const server = new ServerManager({ ...options, onProgress: (step) => progress.show(step) });
  const started = server.start().finally(() => progress.clear());
  const first = await Promise.race([started, stopped]);
  if ("port" in first) {
    logger.info({ address: first.address, port: first.port }, "ready");
    err.write(`paddlewheel: ${readyLine(first, conf, options.tls ? "https" : "http")}\n`);
  } else {
    // It ends as stopped, which is no failure of the start.
    started.catch((error: unknown) => logger.info({ err: error }, "stopped before it was ready"));
  }
  const reason = await stopped;
  await server.stop();
  if (reason.kind === "signal") return ExitCode.ok;
  err.write(`paddlewheel: stopped after a stray error: ${messageOf(reason.error)}\n`);
  return ExitCode.failed;
}

/** Settles with the reason to stop; from then on the time for it is limited. */
async function watchForStop({ logger, limits }: LoggedOptions, err: TextStream): Promise<StopReason> {
  const reason = await awaitStop(process, (error, origin) => {
    logger.error({ err: error, origin }, "stray error");
  });
  logger.info(reason.kind === "signal" ? { signal: reason.signal } : { origin: reason.origin }, "stopping");
  const { drainTimeoutMs } = { ...defaultLimits, ...limits };
  const kill = (afterMs: number): void => {
    err.write(`paddlewheel: not stopped after ${afterMs} ms: killed\n`);
    process.kill(process.pid, "SIGKILL");
  };
  startWatchdog({ drainTimeoutMs, clock: systemClock, kill });
  return reason;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
