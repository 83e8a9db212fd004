import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Clock, Logger, Timer } from "@paddlewheel/core";
import { WorkerEnd } from "../../engine/engine-metrics.js";
import { FrameChannel } from "./frame-channel.js";
import type { Frame, ReadFrame } from "./frames.js";
import { logLines } from "./line-log.js";
import { workerEnvironment, workerFlags } from "./worker-environment.js";
import { workerFds } from "./worker-fds.js";

/** How a worker process ended; `text` goes on after "the worker process". */
export interface WorkerEnding {
  readonly reason: WorkerEnd;
  readonly text: string;
}

export interface WorkerProcessOptions {
  /** Name of the engine, for logs. */
  readonly engine: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called once, before whoever waits for an answer learns of it. */
  readonly onEnd: (ending: WorkerEnding) => void;
}

interface StartedProcess {
  readonly child: ChildProcess;
  /** Its folder, nobody else's. */
  readonly cwd: string;
  readonly ended: Promise<WorkerEnding>;
}

const workerFile = fileURLToPath(new URL("./process-worker.js", import.meta.url));

/**
 * A process that runs one copy of a model. It works in an empty folder, gets a minimal environment and no sockets but
 * those to here, and does not outlive this process.
 */
export class WorkerProcess {
  readonly #options: WorkerProcessOptions;
  readonly #child: ChildProcess;
  readonly #channel: FrameChannel;
  readonly #gone: Promise<void>;
  #answer: ((answer: ReadFrame | WorkerEnding) => void) | undefined;
  #timeLimit: Timer | undefined;
  #ending: WorkerEnding | undefined;

  private constructor({ child, cwd, ended }: StartedProcess, options: WorkerProcessOptions) {
    this.#options = options;
    this.#child = child;
    const { [workerFds.channel]: channel, [workerFds.lifeline]: lifeline } = child.stdio;
    this.#channel = new FrameChannel(channel as Duplex, (frame) => this.#settle(frame));
    (lifeline as Duplex).on("error", () => {}).resume();
    // What cannot be read any more is of no use.
    channel?.once("close", () => child.kill("SIGKILL"));
    this.#gone = ended.then((ending) => {
      this.#end(ending);
      return removeFolder(cwd);
    });
    this.#logOutput();
  }

  /** @throws Error when no process can be started. */
  static async start(options: WorkerProcessOptions): Promise<WorkerProcess> {
    const cwd = await mkdtemp(join(tmpdir(), `paddlewheel-${process.pid}-`));
    const child = spawn(
      process.execPath,
      [...workerFlags(process.execArgv, process.env.NODE_OPTIONS), workerFile],
      { cwd, env: workerEnvironment(process.env), stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"] },
    );
    const ended = endOf(child);
    if (child.pid !== undefined) return new WorkerProcess({ child, cwd, ended }, options);
    const { text } = await ended;
    await removeFolder(cwd);
    throw new Error(`the worker process ${text}`);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Asks for one thing at a time; gives the answer, or how the process ended. It is killed after `maxMs`, 0 for never. */
  ask(frame: Frame, maxMs = 0): Promise<ReadFrame | WorkerEnding> {
    return new Promise((resolve) => {
      if (this.#ending) return resolve(this.#ending);
      this.#answer = resolve;
      if (maxMs > 0) this.#timeLimit = this.#options.clock.setTimer(() => this.#killForTime(maxMs), maxMs);
      this.#channel.send(frame);
    });
  }

  /** Ends the process whatever it does, as it holds nothing that has to be kept; resolves when it is gone. */
  kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    return this.#gone;
  }

  #killForTime(maxMs: number): void {
    const text = `was killed: its run took longer than ${maxMs} ms, the limit of max_run_ms`;
    this.#end({ reason: WorkerEnd.maxRunMs, text });
    void this.kill();
  }

  #end(ending: WorkerEnding): void {
    if (this.#ending) return;
    this.#ending = ending;
    this.#options.onEnd(ending);
    this.#settle(ending);
  }

  #settle(answer: ReadFrame | WorkerEnding): void {
    this.#timeLimit?.cancel();
    this.#timeLimit = undefined;
    const resolve = this.#answer;
    this.#answer = undefined;
    resolve?.(answer);
  }

  #logOutput(): void {
    const { engine, clock, logger } = this.#options;
    const { pid, stdout, stderr } = this.#child;
    const log = (line: string) => logger.warn({ engine, pid, line }, "a worker process printed this");
    for (const stream of [stdout, stderr]) if (stream) logLines(stream, { clock, log });
  }
}

/** Nobody waits for a folder that cannot be removed; it is in the temporary folder. */
function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true }).catch(() => {});
}

function endOf(child: ChildProcess): Promise<WorkerEnding> {
  return new Promise((resolve) => {
    child.once("error", ({ message }) => resolve({ reason: WorkerEnd.exit, text: `failed: ${message}` }));
    // Not `exit`: until then there may be an answer to read.
    child.once("close", (code, signal) => resolve(endingOf(code, signal)));
  });
}

function endingOf(code: number | null, signal: NodeJS.Signals | null): WorkerEnding {
  return signal
    ? { reason: WorkerEnd.signal, text: `was killed by ${signal}` }
    : { reason: WorkerEnd.exit, text: `exited with code ${code}` };
}
