import { type Call, Priority, type ServeError } from "@paddlewheel/core";
import type { ArrivalWatch } from "./arrival-watch.js";
import { LineWatch } from "./line-watch.js";
import {
  type AdmissionSnapshot,
  isTooLate,
  type LineLimits,
  lateError,
  planAdmission,
  type Refusal,
  refusalError,
} from "./plan-admission.js";
import type { BatchPolicy } from "./plan-batch.js";
import type { RequestRun } from "./request-run.js";
import type { RunEstimate } from "./run-estimate.js";
import type { RunSlots } from "./run-slots.js";
import type { WaitingLine } from "./waiting-line.js";

export interface LineAdmissionOptions {
  /** Name of the engine, for messages. */
  readonly engine: string;
  readonly policy: BatchPolicy;
  readonly limits: LineLimits;
  readonly line: WaitingLine;
  readonly room: RunSlots;
  readonly estimate: RunEstimate;
  /** Copies that run at the same time. */
  readonly copies: () => number;
  readonly observer: { refused(limit: Refusal["limit"]): void };
  readonly arrivals?: ArrivalWatch | undefined;
}

/** Somebody who was let in and has waited too long. */
export interface LateRequest {
  readonly request: RequestRun;
  /** What the caller is told. */
  readonly reason: ServeError;
}

/** Who may join the line before an engine, and who has waited in it too long: decides and counts, and moves nobody. */
export class LineAdmission {
  readonly #options: LineAdmissionOptions;
  readonly #watch = new LineWatch();

  constructor(options: LineAdmissionOptions) {
    this.#options = options;
  }

  get isOverloaded(): boolean {
    return this.#watch.load.isOverloaded;
  }

  /** Somebody comes, whether or not he is let in. */
  noteArrival(now: number): void {
    const { line, estimate } = this.#options;
    this.#watch.noteArrival(this.#runsOf(line.rows), now, estimate.runMs);
  }

  /** Somebody was let in. */
  noteAdmission(): void {
    if (!this.isOverloaded) this.#options.arrivals?.admitted();
  }

  /** Why somebody may not join the line; undefined when he may. */
  plan(call: Call | undefined, now: number): Refusal | undefined {
    const { line, limits } = this.#options;
    const { runMs, isBatched, load } = this.#pace();
    const snapshot = {
      waiting: line.size,
      runsAhead: this.#runsOf(line.rowsAhead(call?.priority ?? Priority.normal)),
      leftMs: (call?.deadline ?? Number.POSITIVE_INFINITY) - now,
      runMs,
      isBatched,
      load,
    };
    return planAdmission(snapshot, limits);
  }

  /** Counts a refusal; gives what the caller is told. */
  refuse(refusal: Refusal): ServeError {
    const { engine, limits, observer } = this.#options;
    // Who has little time may be refused by a line that is short.
    if (refusal.limit !== "queue_deadline") this.#noteRefusal();
    observer.refused(refusal.limit);
    return refusalError(engine, refusal, limits);
  }

  /** The oldest in line, counted as refused, if he has waited too long and `keptRows` are left without him. */
  late(now: number, keptRows: number): LateRequest | undefined {
    const { engine, line, limits, observer } = this.#options;
    const part = line.oldest;
    if (!part || part.request.hasStarted || line.rows - part.rows < keptRows) return undefined;
    const waitedMs = now - part.since;
    if (!isTooLate(waitedMs, this.#pace(), limits)) return undefined;
    observer.refused("max_queue_wait");
    return { request: part.request, reason: lateError(engine, waitedMs) };
  }

  #noteRefusal(): void {
    const { arrivals, estimate, copies, room } = this.#options;
    this.#watch.noteRefusal();
    if (this.isOverloaded && room.canGoAhead) arrivals?.refused({ runMs: estimate.runMs, copies: copies() });
  }

  /** Runs that these rows take, for each copy, and those that were handed over before them. */
  #runsOf(rows: number): number {
    const { room, copies, policy } = this.#options;
    return (rows / policy.maxRows + room.ahead.size) / Math.max(copies(), 1);
  }

  #pace(): Pick<AdmissionSnapshot, "runMs" | "isBatched" | "load"> {
    const { estimate, policy } = this.#options;
    return { runMs: estimate.runMs, isBatched: policy.maxRows > 1, load: this.#watch.load };
  }
}
