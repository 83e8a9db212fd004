import { availableParallelism } from "node:os";
import {
  type Call,
  type Clock,
  Code,
  type Logger,
  type Metrics,
  type OpOutcome,
  type OpPool,
  type OpTask,
  raceStop,
  ServeError,
  systemClock,
} from "@paddlewheel/core";
import type { OpAddress, OpAnswer } from "./op-job.js";
import { OpPoolMetrics } from "./op-pool-metrics.js";
import { OpThreads } from "./op-threads.js";
import { packJob } from "./pack-job.js";
import { RunWatch } from "./run-watch.js";
import { ThreadSlots } from "./thread-slots.js";
import { restoreThrown } from "./thrown-record.js";
import { restorePrototypes } from "./value-packer.js";

export interface OpPoolOptions {
  /** Default one per core, at most 4: models have threads of their own, and each thread here has a copy of every module. */
  readonly threads?: number;
  /** Runs that may wait for a thread; one more is refused. Default 1024, as before an engine. */
  readonly maxQueue?: number;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock?: Clock;
}

const maxDefaultThreads = 4;
const defaultMaxQueue = 1024;

/**
 * Time a run may go on after its call has stopped, in ms. As long as a stopping server waits for calls: what takes
 * longer is not about to end.
 */
const graceMs = 30_000;

/** Time `close` waits for runs, in ms. The server has answered its calls by then: only what it cut off is left. */
const closeTimeoutMs = 5000;

/**
 * Runs Ops in worker threads, one run per thread at a time.
 *
 * An Op there has no engines, and what it changes in a dependency stays in its thread. It gets copies of the request and
 * of its dependencies' outputs, made on the event loop: an Op that reads little of a large request is better off behind
 * one that picks that out. Large arrays of its output are handed over, so it makes new ones for each request. Its call
 * stops at its deadline, and when it stops elsewhere `throwIfStopped` says so.
 *
 * A thread whose run goes on for 30 s after its call has stopped is ended, and replaced. That is safe for JavaScript; a
 * thread that is ended inside ONNX Runtime takes the process with it, so modules of these Ops must not load it.
 */
export class WorkerOpPool implements OpPool {
  readonly #slots: ThreadSlots;
  readonly #threads: OpThreads;
  readonly #metrics: OpPoolMetrics;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #runs = new Set<RunWatch>();
  #closed: Promise<void> | undefined;

  constructor({ threads = defaultThreads(), maxQueue = defaultMaxQueue, ...options }: OpPoolOptions) {
    checkNumber("threads", threads, 1);
    checkNumber("maxQueue", maxQueue, 0);
    const { metrics, logger, clock = systemClock } = options;
    this.#slots = new ThreadSlots(threads, maxQueue);
    this.#threads = new OpThreads({ threads, metrics, logger });
    this.#metrics = new OpPoolMetrics(metrics, {
      waiting: () => this.#slots.waiting,
      busy: () => this.#slots.taken,
    });
    this.#logger = logger;
    this.#clock = clock;
  }

  /**
   * Starts the threads and imports the modules of Ops in each, so that the first request finds them; does nothing when
   * there are none. Without it, each is imported at its first run.
   * @throws ServeError invalidConf with every module that cannot be imported or lacks the class; unavailable when the
   * pool is closed meanwhile.
   */
  async prepare(ops: Iterable<OpAddress>): Promise<void> {
    const addresses = [...ops].map(({ module, type }) => ({ module, type }));
    if (addresses.length === 0) return;
    const faults = await this.#threads.prepare(addresses).catch((thrown: unknown) => {
      if (this.#closed !== undefined) throw closedError();
      const modules = [...new Set(addresses.map(({ module }) => `"${module}"`))].join(", ");
      const message = `a worker thread ended while it imported ${modules}`;
      throw new ServeError(Code.invalidConf, message, { cause: thrown });
    });
    if (faults.length > 0) throw new ServeError(Code.invalidConf, faults.join("\n"));
  }

  async run(task: OpTask, call: Call): Promise<OpOutcome> {
    if (this.#closed !== undefined) throw closedError();
    call.throwIfStopped();
    const slot = await this.#takeSlot(call);
    return raceStop(call, this.#runIn(slot, task, call));
  }

  /** Takes no new runs, ends those nobody waits for, waits up to 5 s for the others. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const run of this.#runs) if (run.isAbandoned) run.abort();
    const timer = this.#clock.setTimer(() => {
      this.#slots.rejectWaiting(closedError());
      for (const run of this.#runs) run.abort();
    }, closeTimeoutMs);
    await this.#slots.idle();
    timer.cancel();
    await this.#threads.close();
  }

  async #takeSlot(call: Call): Promise<number> {
    const since = this.#clock.now();
    try {
      const slot = await this.#slots.take(call);
      this.#metrics.waitSeconds.observe((this.#clock.now() - since) / 1000);
      return slot;
    } catch (thrown) {
      if (ServeError.from(thrown).code === Code.resourceExhausted) this.#metrics.refused.increment();
      throw thrown;
    }
  }

  async #runIn(slot: number, task: OpTask, call: Call): Promise<OpOutcome> {
    const watch = this.#watch(slot, task, call);
    try {
      const { job, transferList } = packJob(task, call, slot);
      const { signal } = watch;
      const answer = await this.#threads
        .run(job, { transferList, signal })
        .catch((thrown: unknown) => this.#ended(task, signal, thrown));
      this.#metrics.runSeconds(task).observe(answer.ms / 1000);
      return readAnswer(answer, call);
    } finally {
      this.#runs.delete(watch);
      watch.end();
      this.#slots.give(slot);
    }
  }

  #watch(slot: number, task: OpTask, call: Call): RunWatch {
    const watch = new RunWatch({
      call,
      slot,
      stopFlags: this.#threads.stopFlags,
      clock: this.#clock,
      graceMs,
      onOverdue: () => {
        this.#metrics.replaced("overdue").increment();
        const fields = { workflow: task.workflow, op: task.node.name, graceMs };
        this.#logger.error(fields, "a run on the op pool did not end after its call, its thread is replaced");
      },
    });
    this.#runs.add(watch);
    return watch;
  }

  /** A run's thread ended before it answered. */
  #ended({ workflow, node, type }: OpTask, signal: AbortSignal, thrown: unknown): never {
    if (signal.aborted) throw closedError();
    this.#metrics.replaced("died").increment();
    this.#logger.error({ workflow, op: node.name, err: thrown }, "a thread of the op pool died");
    const message = `the worker thread that ran op "${node.name}" (${type}) died; it is replaced`;
    throw new ServeError(Code.opFailure, message, { cause: thrown });
  }
}

/** @throws RangeError when `threads` is no whole number from 1, or `maxQueue` none from 0. */
export function createOpPool(options: OpPoolOptions): WorkerOpPool {
  return new WorkerOpPool(options);
}

function readAnswer(answer: OpAnswer, call: Call): OpOutcome {
  if ("thrown" in answer) {
    // A worker knows a deadline as a number only, and may see it before the timer of the call has run.
    call.throwIfStopped();
    throw restoreThrown(answer.thrown);
  }
  const { result, output, responseAttachment, lost } = answer;
  restorePrototypes(lost);
  // An attempt that was given up must not change the answer of the one that follows it.
  if (responseAttachment instanceof Uint8Array && !call.stopReason)
    call.responseAttachment = responseAttachment;
  return { result, output };
}

function defaultThreads(): number {
  return Math.min(availableParallelism(), maxDefaultThreads);
}

function checkNumber(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new RangeError(`${name} of the op pool is ${value}, must be a whole number from ${least}`);
}

function closedError(): ServeError {
  return new ServeError(Code.unavailable, "the op pool is closed");
}
