import { availableParallelism } from "node:os";
import { type LogFields, type Logger, systemClock } from "@paddlewheel/core";
import type { OtelSink, OtelSinkOptions } from "@paddlewheel/otel";
import {
  createPinoLogger,
  defaultLimits,
  type LogLevel,
  ServerManager,
  type ServerOptions,
} from "@paddlewheel/server";
import type { JoinedProcess } from "@paddlewheel/server/processes";
import { ExitCode } from "../exit-code.js";
import { given } from "../flags/given.js";
import type { Terminal, TextStream } from "../terminal.js";
import { LoadProgressLine } from "./load-progress-line.js";
import { logLevelFlag } from "./log-level-flag.js";
import { type ReadyLineOptions, readyLine } from "./ready-line.js";
import { awaitStop, type StopReason } from "./stop-request.js";
import { startWatchdog } from "./watchdog.js";

export interface RunServerOptions
  extends Omit<ServerOptions, "logger" | "accessLog" | "onProgress" | "traceSink" | "process"> {
  readonly logLevel?: LogLevel;
  /** Where traces go, if anywhere. */
  readonly traceExport?: OtelSinkOptions | undefined;
  /** Which of several processes this is; its supervisor speaks to the person then. */
  readonly process?: JoinedProcess | undefined;
}

/**
 * Runs a server until a signal or a stray error ends it: log lines as JSON on standard output, what a person at the
 * terminal should know on standard error. Returns when everything is closed; the process then ends by itself.
 * @throws ServeError when the server cannot start.
 */
export async function runServer(options: RunServerOptions, terminal: Terminal): Promise<ExitCode> {
  const { process: joined, ...others } = options;
  const log = createPinoLogger(given({ level: options.logLevel, process: joined?.number }));
  const { logger, accessLog } = log;
  const flags = [logLevelFlag(log), ...(options.flags ?? [])];
  const traceSink = await openTraceSink(options.traceExport);
  try {
    return await runUntilStopped(
      { ...others, ...shareOf(options), flags, logger, accessLog, ...given({ traceSink, process: joined }) },
      terminal.err,
    );
  } finally {
    await traceSink?.close();
    await log.flush();
  }
}

type ThreadShare = Pick<ServerOptions, "threadNum" | "opThreadNum">;

/** Where conf and flags do not say, several processes have the threads between them that one would have. */
function shareOf({ process: joined, threadNum, opThreadNum }: RunServerOptions): ThreadShare {
  if (joined === undefined) return {};
  const share = Math.max(1, Math.floor(availableParallelism() / joined.count));
  return { threadNum: threadNum || share, opThreadNum: opThreadNum ?? Math.min(share, maxOpThreads) };
}

/** OpenTelemetry is loaded only where traces go there. */
async function openTraceSink(options: OtelSinkOptions | undefined): Promise<OtelSink | undefined> {
  if (options === undefined) return undefined;
  const { createOtelSink } = await import("@paddlewheel/otel");
  return createOtelSink(options);
}

/** As `opThreadNum` is by default. */
const maxOpThreads = 4;

type LoggedOptions = Omit<ServerOptions, "process"> & {
  readonly logger: Logger;
  readonly process?: JoinedProcess;
};

async function runUntilStopped(options: LoggedOptions, err: TextStream): Promise<ExitCode> {
  const { conf, logger } = options;
  const progress = new LoadProgressLine(err);
  const stopped = watchForStop(options, err);
  const server = new ServerManager({ ...options, onProgress: (step) => progress.show(step) });
  const started = server.start().finally(() => progress.clear());
  const first = await Promise.race([started, stopped]);
  if ("port" in first) {
    logger.info({ address: first.address, port: first.port }, "ready");
    tellReady(readyLine(first, conf, readyLineOptions(options)), options.process, err);
  } else {
    // It ends as stopped, which is no failure of the start.
    started.catch((error: unknown) => logger.info({ err: error }, "stopped before it was ready"));
  }
  const reason = await stopped;
  await server.stop();
  if (reason.kind === "signal") return ExitCode.ok;
  const why =
    reason.kind === "orphaned" ? "its supervisor was gone" : `a stray error: ${messageOf(reason.error)}`;
  err.write(`paddlewheel: stopped after ${why}\n`);
  return ExitCode.failed;
}

function readyLineOptions({ tls, process: joined }: LoggedOptions): ReadyLineOptions {
  return { scheme: tls ? "https" : "http", processes: joined?.count };
}

function tellReady(line: string, joined: JoinedProcess | undefined, err: TextStream): void {
  if (joined) joined.announce(line);
  else err.write(`paddlewheel: ${line}\n`);
}

/** Settles with the reason to stop; from then on the time for it is limited. */
async function watchForStop(options: LoggedOptions, err: TextStream): Promise<StopReason> {
  const { logger, limits, process: joined } = options;
  const told = awaitStop(process, (error, origin) => {
    logger.error({ err: error, origin }, "stray error");
  });
  const reason = await (joined ? Promise.race([told, orphaning(joined)]) : told);
  logger.info(loggedReason(reason), "stopping");
  const { drainTimeoutMs } = { ...defaultLimits, ...limits };
  const kill = (afterMs: number): void => {
    err.write(`paddlewheel: not stopped after ${afterMs} ms: killed\n`);
    process.kill(process.pid, "SIGKILL");
  };
  startWatchdog({ drainTimeoutMs, clock: systemClock, kill });
  return reason;
}

async function orphaning(joined: JoinedProcess): Promise<StopReason> {
  await joined.orphaned;
  return { kind: "orphaned" };
}

function loggedReason(reason: StopReason): LogFields {
  if (reason.kind === "signal") return { signal: reason.signal };
  return { origin: reason.kind === "failure" ? reason.origin : "the supervisor is gone" };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
