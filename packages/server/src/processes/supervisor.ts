import type { Clock, Logger, Timer } from "@paddlewheel/core";
import type { FromProcess } from "./messages.js";
import { MetricsRounds } from "./metrics-rounds.js";
import { ProcessSlot } from "./process-slot.js";
import { SupervisedProcess } from "./supervised-process.js";
import { SupervisorMetrics } from "./supervisor-metrics.js";
import { describeEnd, type ProcessEnd, type SpawnWorker } from "./worker-process.js";

/** Time between two looks whether all processes are alive, in ms; each says so twice as often. */
const lookIntervalMs = 1000;

/** Beyond the time for calls at work: for models to finish, for traces to be sent, and for a process's own watchdog. */
const endMarginMs = 15_000;

export interface SupervisorOptions {
  /** How many processes serve. */
  readonly count: number;
  readonly spawn: SpawnWorker;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Says a line to whoever started the command. */
  readonly say: (line: string) => void;
  /** Silence after which a process is replaced, in ms; 0 is never. */
  readonly stuckAfterMs: number;
  /** What each process gives its calls at work when it ends, in ms. */
  readonly drainTimeoutMs: number;
}

/** How the start of all came out; `ended` tells of the process that did not get ready. */
export type SupervisorStart =
  | { readonly kind: "ready"; readonly line: string }
  | { readonly kind: "ended"; readonly process: number; readonly end: ProcessEnd };

/**
 * Keeps a number of processes serving on the same ports: starts them, replaces those that die or stand still, puts new
 * ones in their places on demand, and ends them in order. It serves no call itself, so that nothing a caller sends can
 * end it.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #logger: Logger;
  readonly #metrics: SupervisorMetrics;
  readonly #rounds: MetricsRounds;
  readonly #slots: readonly ProcessSlot[];
  #lookTimer: Timer | undefined;
  #reloading: Promise<void> | undefined;
  #isReloadWanted = false;
  #stopped: Promise<boolean> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#logger = options.logger;
    this.#metrics = new SupervisorMetrics(options.count);
    this.#rounds = new MetricsRounds({
      clock: options.clock,
      processes: () => this.#processes().filter(({ state }) => state !== "starting"),
      own: (silent) => this.#metrics.families(this.#states(), silent),
    });
    this.#slots = Array.from({ length: options.count }, (_, i) => this.#createSlot(i + 1));
  }

  /**
   * Starts the first process and, when it is ready, the others: what is wrong with conf or port is told once, and what
   * the first has prepared the others find. When one of them ends before it is ready, so do all.
   */
  async start(): Promise<SupervisorStart> {
    this.#scheduleLook();
    const [first, ...others] = this.#slots;
    const outcomes = [await this.#startSlot(first, false)];
    if (outcomes[0]?.kind === "ready") {
      outcomes.push(...(await Promise.all(others.map((slot) => this.#startSlot(slot, true)))));
    }
    const failed = outcomes.find((outcome) => outcome.kind === "ended");
    if (failed) await this.stop();
    return failed ?? outcomes[0] ?? { kind: "ready", line: "" };
  }

  /**
   * Puts a new process in the place of each, one after the other, so that all of them serve at any time. When a new one
   * does not get ready the others stay as they are. Asked again meanwhile, it does so once more.
   */
  reload(): Promise<void> {
    this.#isReloadWanted = true;
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  /** Ends all processes, each after its calls at work; tells whether all of them ended in order. Idempotent. */
  stop(): Promise<boolean> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #startSlot(slot: ProcessSlot | undefined, opensLast: boolean): Promise<SupervisorStart> {
    if (slot === undefined || this.#isStopping) return { kind: "ended", process: 0, end: {} };
    const outcome = await slot.start(opensLast);
    return outcome.kind === "ready" ? outcome : { kind: "ended", process: slot.number, end: outcome.end };
  }

  async #reload(): Promise<void> {
    while (this.#isReloadWanted && !this.#isStopping) {
      this.#isReloadWanted = false;
      this.#logger.info({}, "reloading");
      const isDone = await this.#replaceAll();
      if (isDone) this.#logger.info({}, "reloaded");
    }
  }

  async #replaceAll(): Promise<boolean> {
    for (const slot of this.#slots) {
      if (this.#isStopping) return false;
      const end = await slot.replace(this.#drainLimitMs);
      if (this.#isStopping) return false;
      if (end) {
        this.#logger.error({ process: slot.number, end: describeEnd(end) }, "reload failed");
        const why = `the new process ${slot.number} ended with ${describeEnd(end)} before it was ready`;
        this.#options.say(`not reloaded: ${why}; the old one stays`);
        return false;
      }
    }
    return true;
  }

  async #stop(): Promise<boolean> {
    this.#lookTimer?.cancel();
    const ends = await Promise.all(this.#slots.map((slot) => slot.close(this.#drainLimitMs)));
    return ends.every((isInOrder) => isInOrder);
  }

  get #isStopping(): boolean {
    return this.#stopped !== undefined;
  }

  get #drainLimitMs(): number {
    return this.#options.drainTimeoutMs + endMarginMs;
  }

  #createSlot(number: number): ProcessSlot {
    const { count, spawn, clock, logger, say } = this.#options;
    const create = ({ opensLast }: { readonly opensLast: boolean }): SupervisedProcess => {
      const place = { number, count, opensLast };
      const process = new SupervisedProcess({
        place,
        spawn,
        clock,
        onMessage: (...said) => this.#onMessage(...said),
      });
      void process.ended.then(() => this.#rounds.retire(process));
      return process;
    };
    const onRestart: SupervisorMetrics["restarted"] = (reason) => this.#metrics.restarted(reason);
    return new ProcessSlot({ number, create, clock, logger, onRestart, say });
  }

  #onMessage(process: SupervisedProcess, message: FromProcess): void {
    if (message.kind === "gather") this.#rounds.gather(process, message.id);
    else if (message.kind === "report") this.#rounds.record(process, message.families);
  }

  #scheduleLook(): void {
    const { clock, stuckAfterMs } = this.#options;
    if (stuckAfterMs === 0) return;
    this.#lookTimer = clock.setTimer(() => {
      this.#look(Math.ceil(stuckAfterMs / lookIntervalMs));
      this.#scheduleLook();
    }, lookIntervalMs);
  }

  #look(maxLooks: number): void {
    for (const process of this.#processes()) {
      if (!process.look(maxLooks)) continue;
      const { number, pid } = process;
      const { stuckAfterMs } = this.#options;
      this.#logger.error(
        { process: number, pid, stuckAfterMs },
        "process killed: its event loop stands still",
      );
    }
  }

  #processes(): readonly SupervisedProcess[] {
    return this.#slots.flatMap((slot) => slot.processes());
  }

  #states(): SupervisedProcess["state"][] {
    return this.#processes().map(({ state }) => state);
  }
}
