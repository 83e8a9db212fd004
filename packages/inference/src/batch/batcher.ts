import { type Call, type Clock, Code, ServeError, type TensorMap, type Timer } from "@paddlewheel/core";
import type { RunSpans } from "../run/run-spans.js";
import { RunNotBegun } from "../run/run-ticket.js";
import type { ArrivalWatch } from "./arrival-watch.js";
import { rowsOf } from "./batch-layout.js";
import type { BatchObserver } from "./batch-observer.js";
import { type Batch, BatchRun } from "./batch-run.js";
import { LineAdmission } from "./line-admission.js";
import type { Allocate } from "./merge-rows.js";
import type { LineLimits } from "./plan-admission.js";
import { type BatchPlan, type BatchPolicy, planBatch } from "./plan-batch.js";
import { type RequestPart, RequestRun } from "./request-run.js";
import { RunEstimate } from "./run-estimate.js";
import { RunSlots } from "./run-slots.js";
import type { HandedRun } from "./runs-ahead.js";
import { WaitingLine } from "./waiting-line.js";

export interface BatcherOptions {
  /** Name of the engine, for messages. */
  readonly engine: string;
  readonly policy: BatchPolicy;
  readonly limits: LineLimits;
  readonly clock: Clock;
  /** How many runs may be under way now; whoever lets it grow calls `dispatch`. */
  readonly slots: () => number;
  /** How many more may be handed over to begin when one of those ends; none by default. */
  readonly ahead?: () => number;
  /** Whether runs are really at the same time, so that free slots should share what waits. */
  readonly isParallel: boolean;
  /** What a run took at warm-up, in milliseconds. */
  readonly runMs?: number | undefined;
  /** Runs the model. */
  readonly start: (batch: Batch) => Promise<TensorMap>;
  readonly observer: BatchObserver;
  readonly arrivals?: ArrivalWatch | undefined;
  /** Where memory for merged rows comes from; new memory by default. */
  readonly allocate?: Allocate;
  /** Runs `task` after the sockets have been looked at once more; `setImmediate` by default. */
  readonly defer?: (task: () => void) => void;
}

/**
 * The line before the copies of a model, and what makes batches of it. A free copy takes what waits; a request that
 * comes alone starts at once, and those that come in the same turn of the event loop go together.
 *
 * A request whose call stops leaves the line; one that runs is left alone, and its outputs are dropped. When a batch
 * fails, each of its requests is tried once more by itself, so that nobody pays for a neighbour.
 */
export class Batcher {
  readonly #options: BatcherOptions;
  readonly #defer: (task: () => void) => void;
  readonly #line = new WaitingLine();
  readonly #estimate: RunEstimate;
  readonly #onRan = (ms: number): void => this.#estimate.add(ms);
  readonly #onWaited = (ms: number): void => this.#options.observer.waited(ms);
  readonly #slots: RunSlots;
  /** Parts of requests in runs. */
  #running = 0;
  /** Requests of the last batch. */
  #lastSize = 1;
  /** Whether the line is looked at again at the end of this turn of the event loop. */
  #isTurnOpen = false;
  readonly #endTurn = (): void => {
    this.#isTurnOpen = false;
    this.dispatch();
  };
  #isDispatching = false;
  readonly #admission: LineAdmission;
  #delay: Timer | undefined;
  #closed: Promise<void> | undefined;
  #onEmpty: (() => void) | undefined;

  constructor(options: BatcherOptions) {
    this.#options = options;
    this.#defer = options.defer ?? setImmediate;
    this.#estimate = new RunEstimate(options.runMs);
    const { slots, ahead = none, policy } = options;
    this.#slots = new RunSlots({ slots, ahead, maxRows: policy.maxRows });
    this.#admission = new LineAdmission({
      ...options,
      line: this.#line,
      room: this.#slots,
      estimate: this.#estimate,
      copies: options.isParallel ? options.slots : () => 1,
    });
  }

  /** Requests in the line; one that is cut counts until its last part has started. */
  get waiting(): number {
    return this.#line.size;
  }

  /** What a run takes at present, in milliseconds; 0 as long as that is not known. */
  get runMs(): number {
    return this.#estimate.runMs;
  }

  get running(): number {
    return this.#running;
  }

  /**
   * Runs the model on these inputs, alone or with others.
   * @throws ServeError resourceExhausted when too many wait, deadlineExceeded when the answer would come too late,
   * unavailable after `close`, the reason of a call that stopped; and what `start` throws.
   */
  run(inputs: TensorMap, call?: Call, spans?: RunSpans): Promise<TensorMap> {
    return new Promise((resolve, reject) => {
      const now = this.#options.clock.now();
      this.#admit(call, now);
      const { policy } = this.#options;
      const rows = policy.layout && rowsOf(policy.layout, inputs);
      const isAlone = rows === undefined;
      const request = new RequestRun({
        inputs,
        rows: rows ?? 1,
        isAlone,
        since: now,
        call,
        spans,
        resolve,
        reject,
      });
      this.#line.add(request.first);
      request.forget = call?.onStop((reason) => this.#abandon(request, reason), now);
      this.#wake();
      if (!request.hasStarted) spans?.beginWait(now);
    });
  }

  /**
   * Why `run` would refuse a request now, whatever its inputs; undefined when it may not. Counts as refused. Only under
   * overload: else who has to wait for its message may find the line shorter.
   */
  refusal(call: Call | undefined): ServeError | undefined {
    if (!this.#admission.isOverloaded || this.#isFree) return undefined;
    const now = this.#options.clock.now();
    const refusal = this.#admission.plan(call, now);
    if (!refusal) return undefined;
    this.#admission.noteArrival(now);
    return this.#admission.refuse(refusal);
  }

  /** Starts what can start now. */
  dispatch(): void {
    // A run that fails before it waits for anything gets here again; the loop below goes on by itself.
    if (this.#isDispatching) return;
    this.#isDispatching = true;
    this.#delay?.cancel();
    try {
      if (this.#hasRoom) this.#dropLate();
      while (this.#canStart() && this.#startNext());
    } finally {
      this.#isDispatching = false;
    }
    this.#checkEmpty();
  }

  /** Sends everybody in the line away. */
  rejectWaiting(reason: ServeError): void {
    for (const { request } of this.#line) this.#abandon(request, reason);
  }

  /** Takes no new runs; resolves when the waiting and the running ones are done. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
    this.dispatch();
    return this.#closed;
  }

  /** A run could start, or go ahead. */
  get #hasRoom(): boolean {
    return this.#slots.free > 0 || this.#slots.hasRoomAhead(this.#line.rows);
  }

  #canStart(): boolean {
    if (this.#slots.free <= 0) return this.#slots.hasRoomAhead(this.#line.rows);
    // A copy that is free does not wait for another to come to a run.
    const run = this.#line.size === 0 ? this.#slots.ahead.takeBackFirst() : undefined;
    if (run) this.#putBack(run);
    return true;
  }

  /** The run was taken back: who still waits for it is in the line again, before all others. */
  #putBack({ parts }: HandedRun): void {
    this.#slots.end();
    this.#running -= parts.length;
    for (const part of parts) if (!part.request.isSettled) this.#line.add(part.again());
  }

  /** A copy is free, and nobody waits for it. */
  get #isFree(): boolean {
    return this.#line.size === 0 && this.#slots.free > 0;
  }

  #admit(call: Call | undefined, now: number): void {
    const { engine } = this.#options;
    if (this.#closed !== undefined) throw new ServeError(Code.unavailable, `engine "${engine}" is closed`);
    const stopReason = call?.stopReasonAt(now);
    if (stopReason) throw stopReason;
    this.#admission.noteArrival(now);
    const refusal = this.#isFree ? undefined : this.#admission.plan(call, now);
    if (refusal) throw this.#admission.refuse(refusal);
    this.#admission.noteAdmission();
  }

  /** Under overload, sends those away who have waited too long, as long as others are left for the free copies. */
  #dropLate(): void {
    if (!this.#admission.isOverloaded) return;
    const now = this.#options.clock.now();
    const keptRows = this.#slots.freeRows;
    for (let late = this.#admission.late(now, keptRows); late; late = this.#admission.late(now, keptRows)) {
      this.#abandon(late.request, late.reason);
    }
  }

  /**
   * A request that finds nothing under way starts at once, unless the last batch had several: then more are likely to
   * come in this turn of the event loop. Those that could start beside others wait until the sockets have been looked at.
   */
  #wake(): void {
    const isLikelyAlone = this.#slots.runs === 0 && this.#lastSize <= 1;
    if (!this.#options.policy.layout || (isLikelyAlone && !this.#isTurnOpen)) {
      this.dispatch();
    } else if (!this.#isTurnOpen && this.#hasRoom) {
      this.#isTurnOpen = true;
      this.#defer(this.#endTurn);
    }
  }

  /** Starts the next batch; false when there is none, or it may still grow. */
  #startNext(): boolean {
    const { policy, clock, isParallel } = this.#options;
    const now = clock.now();
    this.#line.askLate(now);
    const plan = planBatch(
      {
        line: this.#line,
        rows: this.#line.rows,
        freeCopies: isParallel ? Math.max(this.#slots.free, 1) : 1,
        now,
        runMs: this.#estimate.runMs,
      },
      policy,
    );
    if (!plan) return false;
    if (plan.startAt > now && this.#closed === undefined) {
      this.#delay = clock.setTimer(() => this.dispatch(), plan.startAt - now);
      return false;
    }
    void this.#run(new BatchRun(this.#take(plan), policy));
    return true;
  }

  #take({ entries, lastRows }: BatchPlan<RequestPart>): readonly RequestPart[] {
    const last = entries.at(-1);
    const cut = last && lastRows < last.rows ? last : undefined;
    for (const part of entries) if (part !== cut) this.#line.remove(part);
    if (!cut) return entries;
    if (cut.begin === 0) this.#options.observer.split();
    return [...entries.slice(0, -1), this.#line.cut(cut, lastRows)];
  }

  async #run(batch: BatchRun): Promise<void> {
    const { parts, spans } = batch;
    const ahead = this.#slots.free > 0 ? undefined : this.#slots.ahead.add(parts, () => this.#begin(batch));
    this.#slots.begin();
    this.#running += parts.length;
    this.#lastSize = parts.length;
    if (!ahead) this.#begin(batch);
    let outputs: TensorMap | undefined;
    try {
      const { allocate, start } = this.#options;
      const { inputs, isOwned } = batch.inputs(allocate);
      outputs = await start({ inputs, isOwned, spans, onRan: this.#onRan, ahead });
    } catch (thrown) {
      if (ahead && thrown instanceof RunNotBegun) return this.#lose(ahead);
      // It failed before anybody could tell that it had begun.
      ahead?.onBegin();
      this.#fail(batch, thrown);
    }
    this.#slots.end();
    // The copy is free: it goes on while the answers are given.
    this.dispatch();
    if (outputs) this.#answer(batch, outputs);
    this.#running -= parts.length;
    this.dispatch();
  }

  /** The run was taken back, or its worker has ended before it began. */
  #lose(run: HandedRun): void {
    if (this.#slots.ahead.takeBack(run)) this.#putBack(run);
    this.dispatch();
  }

  #begin(batch: BatchRun): void {
    batch.begin(this.#options.clock.now(), this.#onWaited);
  }

  #answer(batch: BatchRun, outputs: TensorMap): void {
    const { engine, clock } = this.#options;
    try {
      batch.answer(outputs, clock.now());
    } catch (thrown) {
      const problem = thrown instanceof Error ? thrown.message : String(thrown);
      this.#fail(batch, new ServeError(Code.opFailure, `engine "${engine}": ${problem}`, { cause: thrown }));
    }
  }

  #fail(batch: BatchRun, reason: unknown): void {
    const { clock, observer } = this.#options;
    const { parts } = batch;
    batch.end(clock.now(), false);
    const [only] = parts;
    if (parts.length === 1 && only) {
      this.#abandon(only.request, reason);
      return;
    }
    const open = parts.filter(({ request }) => !request.isSettled);
    for (const part of open) this.#line.add(part.retry());
    observer.retried(open.length);
  }

  /** Nobody waits for the request any more: what is left of it leaves the line. */
  #abandon(request: RequestRun, reason: unknown): void {
    for (const part of request.parts) this.#line.remove(part);
    if (!request.hasStarted) request.spans?.endWait(this.#options.clock.now(), { isLeaving: true });
    request.fail(reason);
    for (const run of this.#slots.ahead.takeBackUnwanted()) this.#putBack(run);
    this.#checkEmpty();
  }

  #checkEmpty(): void {
    if (this.#line.size > 0) return;
    this.#delay?.cancel();
    if (this.#running === 0) this.#onEmpty?.();
  }
}

function none(): number {
  return 0;
}
