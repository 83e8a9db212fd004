import type { Clock } from "@paddlewheel/core";
import type { FromProcess, ToProcess } from "./messages.js";
import type { ProcessEnd, ProcessPlace, SpawnWorker, WorkerProcess } from "./worker-process.js";

/** How a start came out: the process takes calls, or it has ended. */
export type StartOutcome =
  | { readonly kind: "ready"; readonly line: string }
  | { readonly kind: "ended"; readonly end: ProcessEnd };

export type ProcessState = "starting" | "ready" | "draining" | "ended";

export interface SupervisedProcessOptions {
  readonly place: ProcessPlace;
  readonly spawn: SpawnWorker;
  readonly clock: Clock;
  /** Told of what the process says beside that it is ready and alive. */
  readonly onMessage: (process: SupervisedProcess, message: FromProcess) => void;
}

/** One process from its start to its end. */
export class SupervisedProcess {
  readonly number: number;
  readonly started: Promise<StartOutcome>;
  readonly ended: Promise<ProcessEnd>;
  readonly #worker: WorkerProcess;
  readonly #clock: Clock;
  #state: ProcessState = "starting";
  #readyAt: number | undefined;
  #silentLooks = 0;
  #isStuck = false;

  constructor({ place, spawn, clock, onMessage }: SupervisedProcessOptions) {
    this.number = place.number;
    this.#clock = clock;
    let settleStart: (outcome: StartOutcome) => void = () => {};
    let settleEnd: (end: ProcessEnd) => void = () => {};
    this.started = new Promise((resolve) => {
      settleStart = resolve;
    });
    this.ended = new Promise((resolve) => {
      settleEnd = resolve;
    });
    this.#worker = spawn(place, {
      onMessage: (message) => {
        this.#silentLooks = 0;
        if (message.kind === "ready") {
          this.#becomeReady();
          settleStart({ kind: "ready", line: message.line });
        } else if (message.kind !== "alive") onMessage(this, message);
      },
      onEnd: (end) => {
        this.#state = "ended";
        settleStart({ kind: "ended", end });
        settleEnd(end);
      },
    });
  }

  get pid(): number {
    return this.#worker.pid;
  }

  get state(): ProcessState {
    return this.#state;
  }

  /** It was killed because its event loop stood still. */
  get isStuck(): boolean {
    return this.#isStuck;
  }

  /** Milliseconds since it took its first call; undefined when it never has. */
  get servedMs(): number | undefined {
    return this.#readyAt === undefined ? undefined : this.#clock.now() - this.#readyAt;
  }

  send(message: ToProcess): void {
    if (this.#state !== "ended") this.#worker.send(message);
  }

  /**
   * Kills a process that takes calls when it has said nothing for `maxLooks` looks; tells whether it did. Looks are
   * counted, not time: while the supervisor itself stands still, as on a machine that sleeps, nobody's silence counts.
   */
  look(maxLooks: number): boolean {
    if (this.#state !== "ready" || this.#isStuck) return false;
    this.#silentLooks++;
    if (this.#silentLooks <= maxLooks) return false;
    this.#isStuck = true;
    // It could not run a handler of SIGTERM.
    this.#worker.kill("SIGKILL");
    return true;
  }

  /** Lets it answer its calls and end, by force after `limitMs`; tells whether it ended in order. */
  async drain(limitMs: number): Promise<boolean> {
    if (this.#state !== "ended") {
      this.#state = "draining";
      this.#worker.kill("SIGTERM");
    }
    const timer = this.#clock.setTimer(() => this.#worker.kill("SIGKILL"), limitMs);
    const { code, signal } = await this.ended;
    timer.cancel();
    // One that has only begun to start has no handlers yet.
    return code === 0 || signal === "SIGTERM" || signal === "SIGINT";
  }

  #becomeReady(): void {
    if (this.#state !== "starting") return;
    this.#state = "ready";
    this.#readyAt = this.#clock.now();
  }
}
