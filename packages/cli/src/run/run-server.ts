import type { AddressInfo } from "node:net";
import { createPinoLogger, defaultLimits, ServerManager, type ServerOptions } from "@paddlewheel/server";
import { ExitCode } from "../exit-code.js";
import { given } from "../flags/given.js";
import type { Terminal } from "../terminal.js";
import { LoadProgressLine } from "./load-progress-line.js";
import { readyLine } from "./ready-line.js";
import { awaitStop, type StopReason } from "./stop-request.js";
import { startWatchdog } from "./watchdog.js";

export interface RunServerOptions extends Omit<ServerOptions, "logger" | "onProgress"> {
  readonly logLevel?: string;
}

/**
 * Runs a server until a signal or a stray error ends it: log lines as JSON on standard output, what a person at the
 * terminal should know on standard error. Returns when everything is closed; the process then ends by itself.
 * @throws ServeError when the server cannot start.
 */
export async function runServer(options: RunServerOptions, terminal: Terminal): Promise<ExitCode> {
  const { logger, flush } = createPinoLogger(given({ level: options.logLevel }));
  const say = (text: string): void => terminal.err.write(`paddlewheel: ${text}\n`);
  const progress = new LoadProgressLine(terminal.err);
  const stopped = awaitStop(process, (error, origin) => logger.error({ err: error, origin }, "stray error"));
  void stopped.then((reason) => {
    logger.info(describe(reason), "stopping");
    const { drainTimeoutMs } = { ...defaultLimits, ...options.limits };
    startWatchdog(drainTimeoutMs, (afterMs) => say(`not stopped after ${afterMs} ms: killed`));
  });
  try {
    const server = new ServerManager({ ...options, logger, onProgress: (step) => progress.show(step) });
    const address: AddressInfo = await server.start().finally(() => progress.clear());
    say(readyLine(address, options.conf));
    const reason = await stopped;
    await server.stop();
    if (reason.kind === "signal") return ExitCode.ok;
    say(`stopped after an error: ${messageOf(reason.error)}`);
    return ExitCode.failed;
  } finally {
    await flush();
  }
}

function describe(reason: StopReason): Readonly<Record<string, string>> {
  return reason.kind === "signal" ? { signal: reason.signal } : { origin: reason.origin };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
