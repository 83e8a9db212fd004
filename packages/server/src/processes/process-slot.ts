import type { Clock, Logger, Timer } from "@paddlewheel/core";
import { healthyAfterMs, restartDelayMs } from "./restart-delay.js";
import type { StartOutcome, SupervisedProcess } from "./supervised-process.js";
import { describeEnd, type ProcessEnd } from "./worker-process.js";

/** Deaths in a row from which on whoever looks after the server is told that it does not get better by itself. */
const manyDeaths = 3;

/** Why a process was started in the place of another. */
export type RestartReason = "died" | "stuck" | "reload";

export interface ProcessSlotOptions {
  readonly number: number;
  /** Starts a process for this slot. */
  readonly create: (options: { readonly opensLast: boolean }) => SupervisedProcess;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onRestart: (reason: RestartReason) => void;
  /** Says a line to whoever started the command. */
  readonly say: (line: string) => void;
}

/** A place for one process, which is filled again when its process dies. */
export class ProcessSlot {
  readonly number: number;
  readonly #options: ProcessSlotOptions;
  readonly #logger: Logger;
  #current: SupervisedProcess | undefined;
  /** Starts to take the place of `#current`. */
  #next: SupervisedProcess | undefined;
  #timer: Timer | undefined;
  #deaths = 0;
  #isClosed = false;

  constructor(options: ProcessSlotOptions) {
    this.#options = options;
    this.number = options.number;
    this.#logger = options.logger.child({ process: options.number });
  }

  /** Those that have not ended; the one that serves before the one that is to take its place. */
  processes(): readonly SupervisedProcess[] {
    return [this.#current, this.#next]
      .filter((one) => one !== undefined)
      .filter((one) => one.state !== "ended");
  }

  /** Starts the first process; only one that gets ready is started again when it dies. */
  async start(opensLast: boolean): Promise<StartOutcome> {
    const process = this.#options.create({ opensLast });
    this.#current = process;
    const outcome = await process.started;
    if (outcome.kind === "ready") this.#keep(process);
    return outcome;
  }

  /**
   * Puts a new process in the place of the one that serves, once it is ready; then the old one answers its calls and
   * ends. Tells how the new one ended when it did not get ready: the old one stays.
   */
  async replace(drainLimitMs: number): Promise<ProcessEnd | undefined> {
    const next = this.#options.create({ opensLast: true });
    this.#next = next;
    const outcome = await next.started;
    this.#next = undefined;
    if (outcome.kind === "ended") {
      this.#restartIfEmpty();
      return outcome.end;
    }
    const old = this.#current;
    this.#cancelRestart();
    this.#deaths = 0;
    this.#options.onRestart("reload");
    this.#keep(next);
    await old?.drain(drainLimitMs);
    return undefined;
  }

  /** Ends what is in it, and fills it no more; tells whether all ended in order. */
  async close(drainLimitMs: number): Promise<boolean> {
    this.#isClosed = true;
    this.#cancelRestart();
    const ends = await Promise.all(this.processes().map((process) => process.drain(drainLimitMs)));
    return ends.every((isInOrder) => isInOrder);
  }

  #keep(process: SupervisedProcess): void {
    this.#current = process;
    void process.ended.then((end) => this.#onEnd(process, end));
  }

  #onEnd(process: SupervisedProcess, end: ProcessEnd): void {
    if (this.#isClosed || process !== this.#current) return;
    const { servedMs = 0, pid, isStuck } = process;
    if (servedMs >= healthyAfterMs) this.#deaths = 0;
    this.#deaths++;
    const reason = isStuck ? "stuck" : "died";
    const delayMs = restartDelayMs(this.#deaths);
    this.#logger.error(
      { pid, end: describeEnd(end), reason, deaths: this.#deaths, delayMs },
      "process ended",
    );
    this.#warnOfMany(end, delayMs);
    this.#timer = this.#options.clock.setTimer(() => this.#restart(reason), delayMs);
  }

  #warnOfMany(end: ProcessEnd, delayMs: number): void {
    if (this.#deaths < manyDeaths) return;
    this.#options.say(
      `process ${this.number} ended ${this.#deaths} times in a row, the last time with ${describeEnd(end)}; ` +
        `it is started again in ${delayMs} ms`,
    );
  }

  #cancelRestart(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #restartIfEmpty(): void {
    const current = this.#current;
    if (this.#isClosed || this.#timer !== undefined || current === undefined) return;
    if (current.state === "ended") this.#restart("died");
  }

  #restart(reason: RestartReason): void {
    this.#timer = undefined;
    // The one that starts already takes the place.
    if (this.#next !== undefined) return;
    this.#options.onRestart(reason);
    const process = this.#options.create({ opensLast: true });
    this.#keep(process);
    void process.started.then((outcome) => {
      if (outcome.kind === "ready") this.#logger.info({ pid: process.pid }, "process is ready again");
    });
  }
}
