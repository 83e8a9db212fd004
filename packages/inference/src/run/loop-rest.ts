import { availableParallelism } from "node:os";
import { type Counter, type Metrics, noMetrics } from "@paddlewheel/core";
import type { ArrivalWatch, RefusedArrival } from "../batch/arrival-watch.js";

/** A rest is as long as a run, so that no copy is idle by it, but no longer than this: whatever else comes waits for it. */
const maxRestMs = 5;

/** For less, as tiny models take, it is not worth to fall asleep. */
const minRestMs = 1;

export interface LoopRestOptions {
  readonly metrics?: Metrics;
  /** Cores this process may use. Default: as the system says. */
  readonly cores?: number;
  /** Runs `task` once the event loop has looked at the sockets. Default setImmediate. */
  readonly defer?: (task: () => void) => void;
  /** Blocks this thread. */
  readonly sleep?: (ms: number) => void;
}

/**
 * Lets the event loop of an overloaded server rest between its turns. Where copies of models have a thread for every
 * core, each request that comes only to be refused wakes the event loop, which takes the core from a run and its caches:
 * some 0.3 ms for what takes 20 µs otherwise. After a turn that refused somebody the loop sleeps as long as a run takes,
 * and then finds all who came meanwhile, as a network card gathers packets before it interrupts. The copies go on with
 * the runs that were handed over ahead.
 *
 * It does not rest while a core is left for it, nor when somebody was let in by an engine that is not overloaded.
 */
export class LoopRest implements ArrivalWatch {
  readonly #cores: number;
  readonly #defer: (task: () => void) => void;
  readonly #sleep: (ms: number) => void;
  readonly #rests: Counter;
  #restMs = 0;
  #isPlanned = false;
  #hasOthers = false;
  readonly #rest = (): void => {
    this.#isPlanned = false;
    const isAlone = !this.#hasOthers;
    this.#hasOthers = false;
    if (!isAlone) return;
    this.#rests.increment();
    this.#sleep(this.#restMs);
  };

  constructor(options: LoopRestOptions = {}) {
    this.#cores = options.cores ?? availableParallelism();
    this.#defer = options.defer ?? setImmediate;
    this.#sleep = options.sleep ?? sleep;
    this.#rests = (options.metrics ?? noMetrics).counter({
      name: "paddlewheel_overload_rests_total",
      help: "Times the event loop rested under overload, so that requests come together.",
    });
  }

  admitted(): void {
    this.#hasOthers = true;
  }

  refused({ runMs, copies }: RefusedArrival): void {
    if (this.#isPlanned || copies < this.#cores || runMs < minRestMs) return;
    this.#isPlanned = true;
    this.#restMs = Math.min(runMs, maxRestMs);
    // Once for this turn and once for the answers it leaves to be written.
    this.#defer(() => this.#defer(this.#rest));
  }
}

const cell = new Int32Array(new SharedArrayBuffer(4));

function sleep(ms: number): void {
  Atomics.wait(cell, 0, 0, ms);
}
