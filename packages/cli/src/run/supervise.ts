import { systemClock } from "@paddlewheel/core";
import {
  clusterWorkers,
  createPinoLogger,
  defaultLimits,
  describeEnd,
  type LogLevel,
  type LogSink,
  Supervisor,
  type SupervisorStart,
} from "@paddlewheel/server/processes";
import { ExitCode } from "../exit-code.js";
import type { FlagValues } from "../flags/flag-values.js";
import { given } from "../flags/given.js";
import type { Terminal, TextStream } from "../terminal.js";
import { awaitStop } from "./stop-request.js";

/** As long as nothing else to do: while no process lives, this one must. */
const keepAliveMs = 2 ** 31 - 1;

/**
 * Runs this command again in `count` processes and looks after them until a signal ends them all. SIGHUP puts new
 * processes in their places, which read conf again.
 */
export async function supervise(count: number, values: FlagValues, { err }: Terminal): Promise<ExitCode> {
  // Number 0 among the processes that write there.
  const log = createPinoLogger({
    process: 0,
    ...given({ level: values.text("log_level") as LogLevel | undefined }),
  });
  const supervisor = createSupervisor(count, values, { log, err });
  const keepAlive = setInterval(() => {}, keepAliveMs);
  try {
    return await superviseUntilStopped(supervisor, log, err);
  } finally {
    clearInterval(keepAlive);
    await log.flush();
  }
}

interface Voices {
  readonly log: LogSink;
  readonly err: TextStream;
}

function createSupervisor(count: number, values: FlagValues, { log, err }: Voices): Supervisor {
  return new Supervisor({
    count,
    spawn: clusterWorkers(),
    clock: systemClock,
    logger: log.logger,
    say: (line) => err.write(`paddlewheel: ${line}\n`),
    stuckAfterMs: values.int("stuck_process_ms") ?? 5000,
    drainTimeoutMs: values.int("drain_timeout_ms") ?? defaultLimits.drainTimeoutMs,
  });
}

async function superviseUntilStopped(
  supervisor: Supervisor,
  { logger }: LogSink,
  err: TextStream,
): Promise<ExitCode> {
  const stopped = awaitStop(process, (error, origin) => logger.error({ err: error, origin }, "stray error"));
  let isUp = false;
  // While the first processes start they read conf as it is.
  process.on("SIGHUP", () => isUp && void supervisor.reload());
  const first = await Promise.race([supervisor.start(), stopped]);
  if (first.kind === "ended") return exitAfter(first, err);
  if (first.kind === "ready") {
    isUp = true;
    logger.info({}, "all processes are ready");
    err.write(`paddlewheel: ${first.line}\n`);
  }
  const reason = await stopped;
  logger.info(reason.kind === "signal" ? { signal: reason.signal } : {}, "stopping all processes");
  const isInOrder = await supervisor.stop();
  if (!isInOrder) err.write("paddlewheel: not all processes ended in order\n");
  return isInOrder && reason.kind === "signal" ? ExitCode.ok : ExitCode.failed;
}

/** What is wrong the process has said itself, unless it could not. */
function exitAfter({ process: number, end }: SupervisorStart & { kind: "ended" }, err: TextStream): ExitCode {
  if (end.code === ExitCode.usage) return ExitCode.usage;
  if (end.code !== ExitCode.failed) {
    err.write(`paddlewheel: process ${number} ended with ${describeEnd(end)} before it was ready\n`);
  }
  return ExitCode.failed;
}
