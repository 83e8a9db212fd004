import type { Clock, ServeError } from "@paddlewheel/core";
import type { CallTally } from "./call-tally.js";
import type { LoadPlan } from "./load-plan.js";

/** Starts one call; `onEnd` is called once, never within. */
export type StartCall = (onEnd: (error: ServeError | undefined) => void) => void;

export interface LoadOptions {
  readonly plan: LoadPlan;
  readonly startCall: StartCall;
  readonly tally: CallTally;
  readonly clock: Clock;
}

/** Wait of a caller after an error: a server that is down refuses fast enough to flood this process. */
const errorPauseMs = 10;
/** Time between two looks for calls that are due, the finest step that timers have. */
const tickMs = 1;
/** Calls sent so late at most count from when they were sent: it is the timer's doing. Later ones count from when they were due. */
const timerSlackMs = 2;

/** Puts load on a server as planned; settles when the last call has ended. Calls of the warm-up are not counted. */
export function runLoad(options: LoadOptions): Promise<void> {
  return new Promise((resolve) => new LoadRun(options, resolve).start());
}

class LoadRun {
  readonly #options: LoadOptions;
  readonly #onEnd: () => void;
  readonly #startedAt: number;
  readonly #countsFrom: number;
  readonly #endsAt: number;
  /** Callers of a closed loop; of an open one its calls under way, and who sends them. */
  #open = 0;

  constructor(options: LoadOptions, onEnd: () => void) {
    const { plan, clock } = options;
    this.#options = options;
    this.#onEnd = onEnd;
    this.#startedAt = clock.now();
    this.#countsFrom = this.#startedAt + plan.warmUpMs;
    this.#endsAt = this.#countsFrom + plan.durationMs;
  }

  start(): void {
    const { load } = this.#options.plan;
    this.#open = "rate" in load ? 1 : load.concurrency;
    if ("rate" in load) this.#sendDue(0, load.rate);
    else for (let i = 0; i < load.concurrency; i++) this.#callAgain();
  }

  /** One of the callers of a closed loop, from now on. */
  #callAgain(): void {
    const { clock } = this.#options;
    const now = clock.now();
    if (now >= this.#endsAt) {
      this.#leave();
      return;
    }
    this.#call(now, (error) => {
      if (error) clock.setTimer(() => this.#callAgain(), errorPauseMs);
      else this.#callAgain();
    });
  }

  /** Sends the calls of an open loop that are due; `sent` of them are out already. */
  #sendDue(sent: number, rate: number): void {
    const { clock } = this.#options;
    const now = Math.min(clock.now(), this.#endsAt);
    const due = Math.ceil(((now - this.#startedAt) * rate) / 1000);
    for (let i = sent; i < due; i++) {
      this.#open++;
      this.#call(this.#startedAt + (i * 1000) / rate, () => this.#leave());
    }
    if (now < this.#endsAt) clock.setTimer(() => this.#sendDue(due, rate), tickMs);
    else this.#leave();
  }

  /** Latencies begin when a call is due: a standstill delays those behind it too. */
  #call(dueAt: number, onEnd: StartCallEnd): void {
    const { startCall, tally, clock } = this.#options;
    const sentAt = clock.now();
    const beganAt = sentAt - dueAt <= timerSlackMs ? sentAt : dueAt;
    startCall((error) => {
      const now = clock.now();
      if (dueAt >= this.#countsFrom)
        tally.add({ latencyMs: now - beganAt, isInTime: now <= this.#endsAt, error });
      onEnd(error);
    });
  }

  #leave(): void {
    this.#open--;
    if (this.#open === 0) this.#onEnd();
  }
}

type StartCallEnd = Parameters<StartCall>[0];
