import { setImmediate as nextTurn } from "node:timers/promises";
import type { Tensor, TensorMap } from "@paddlewheel/core";
import { ManualClock } from "@paddlewheel/core/testing";
import { Batcher } from "../batch/batcher.js";
import { batchPolicy, layoutOf, silentObserver } from "./batching.js";
import { tensor, tensors, variable } from "./tensors.js";

const layout = layoutOf({
  inputs: [variable("x", "float32", ["N"])],
  outputs: [variable("y", "float32", ["N"])],
});

const input = tensors({ x: tensor("float32", [1], Float32Array.of(1)) });

/** A model whose runs take a time of the clock, and the line before it. */
export interface SimulatedModel {
  readonly copies: number;
  readonly runMs: number;
  /** Rows of a run. */
  readonly maxRows: number;
}

/** What became of the requests, and the time each of those that were answered took. */
export class SimulatedOutcome {
  readonly answerMs: number[] = [];
  asked = 0;
  refused = 0;
  longestLine = 0;

  percentile(percent: number): number {
    const sorted = this.answerMs.toSorted((a, b) => a - b);
    return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0;
  }
}

/** Callers before a model, in a time that only goes from one event to the next. */
export class LineSimulation {
  readonly outcome: SimulatedOutcome = new SimulatedOutcome();
  readonly #clock = new ManualClock();
  readonly #batcher: Batcher;
  /** When something happens next, and what; a handful at a time. */
  readonly #events: { readonly at: number; readonly happen: () => void }[] = [];

  /** What a run takes from now on. */
  runMs: number;
  #comingRate = 0;

  constructor({ copies, runMs, maxRows }: SimulatedModel) {
    this.runMs = runMs;
    this.#batcher = new Batcher({
      engine: "e",
      policy: batchPolicy({ layout: maxRows > 1 ? layout : undefined, maxRows }),
      limits: { maxQueueSize: 1024, maxQueueWaitMs: 0 },
      clock: this.#clock,
      slots: () => copies,
      isParallel: true,
      runMs,
      start: ({ inputs, onRan }) =>
        new Promise((resolve) => {
          const tookMs = this.runMs;
          this.#at(this.#clock.now() + tookMs, () => {
            onRan(tookMs);
            resolve(tensors({ y: inputs.get("x") as Tensor }));
          });
        }),
      observer: silentObserver,
      defer: (task) => this.#at(this.#clock.now(), task),
    });
  }

  /** From now on requests come by chance at this rate, 0 for none, whatever becomes of them. */
  comeAtRate(perMs: number, random: () => number = Math.random): void {
    this.#comingRate = perMs;
    const next = (): void => {
      if (this.#comingRate !== perMs) return;
      void this.#ask();
      this.#at(this.#clock.now() - Math.log(1 - random()) / perMs, next);
    };
    if (perMs > 0) next();
  }

  /** So many callers ask at once, and again when they are answered. */
  comeByTurns(callers: number): void {
    const turn = async (): Promise<void> => {
      if (await this.#ask()) await turn();
    };
    for (let i = 0; i < callers; i++) void turn();
  }

  /** So many requests at once. */
  comeAtOnce(requests: number): void {
    for (let i = 0; i < requests; i++) void this.#ask();
  }

  /** Lets time go on. */
  async run(ms: number): Promise<SimulatedOutcome> {
    const end = this.#clock.now() + ms;
    for (let next = this.#events[0]; next && next.at <= end; next = this.#events[0]) {
      this.#events.shift();
      this.#clock.advance(next.at - this.#clock.now());
      next.happen();
      await nextTurn();
    }
    this.#clock.advance(end - this.#clock.now());
    return this.outcome;
  }

  async #ask(): Promise<boolean> {
    const { outcome } = this;
    const since = this.#clock.now();
    outcome.asked++;
    const answer = this.#batcher.run(input).catch((): TensorMap | undefined => undefined);
    outcome.longestLine = Math.max(outcome.longestLine, this.#batcher.waiting);
    const isAnswered = (await answer) !== undefined;
    if (isAnswered) outcome.answerMs.push(this.#clock.now() - since);
    else outcome.refused++;
    return isAnswered;
  }

  #at(at: number, happen: () => void): void {
    const after = this.#events.findIndex((event) => event.at > at);
    this.#events.splice(after < 0 ? this.#events.length : after, 0, { at, happen });
  }
}

/** Requests that the model answers in a millisecond when every copy is at work with full batches. */
export function capacityOf({ copies, runMs, maxRows }: SimulatedModel): number {
  return (copies * maxRows) / runMs;
}
