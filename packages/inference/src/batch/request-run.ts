import { type Call, Priority, type TensorMap } from "@paddlewheel/core";
import type { RunSpans } from "../run/run-spans.js";
import type { BatchLayout } from "./batch-layout.js";
import type { LaneMember } from "./lane.js";
import type { RequestRows } from "./merge-rows.js";
import type { LineEntry } from "./plan-batch.js";
import { joinRows } from "./split-rows.js";

export interface RequestRunOptions {
  readonly inputs: TensorMap;
  /** Rows as they are counted for batches; 1 for a request that runs alone whatever it holds. */
  readonly rows: number;
  readonly isAlone: boolean;
  readonly since: number;
  readonly call: Call | undefined;
  readonly spans: RunSpans | undefined;
  readonly resolve: (outputs: TensorMap) => void;
  readonly reject: (reason: unknown) => void;
}

/** One request at an engine, from its arrival to its answer; it may run in several parts. */
export class RequestRun {
  readonly inputs: TensorMap;
  readonly since: number;
  /** Infinity when there is none. */
  readonly deadline: number;
  readonly priority: Priority;
  readonly call: Call | undefined;
  readonly spans: RunSpans | undefined;
  /** Rows that are counted for batches. */
  readonly rows: number;
  /** As it came; what is left of it, once rows are cut off. */
  readonly first: RequestPart;
  /** What was cut off, or is tried again. */
  #others: RequestPart[] | undefined;
  readonly #resolve: (outputs: TensorMap) => void;
  readonly #reject: (reason: unknown) => void;
  #done: DonePart[] | undefined;
  #openParts = 1;
  #isSettled = false;
  /** Stops listening to the call. */
  forget: (() => void) | undefined;
  /** Whether a part of it has reached the model. */
  hasStarted = false;

  constructor(options: RequestRunOptions) {
    const { inputs, rows, isAlone, since, call, spans } = options;
    this.inputs = inputs;
    this.since = since;
    this.deadline = call?.deadline ?? Number.POSITIVE_INFINITY;
    this.priority = call?.priority ?? Priority.normal;
    this.call = call;
    this.spans = spans;
    this.#resolve = options.resolve;
    this.#reject = options.reject;
    this.rows = rows;
    this.first = new RequestPart(this, { begin: 0, rows, isAlone, isRetry: false, spans });
  }

  /** All parts it was ever in. */
  get parts(): readonly RequestPart[] {
    return this.#others ? [this.first, ...this.#others] : [this.first];
  }

  /** Answered, failed, or nobody waits any more. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Takes the outputs of a part; with the last one the request is answered. */
  complete({ begin }: RequestPart, outputs: TensorMap, layout: BatchLayout | undefined): void {
    if (--this.#openParts > 0 || this.#done) {
      this.#done ??= [];
      this.#done.push({ begin, outputs });
    }
    if (this.#openParts > 0 || !this.#settle()) return;
    this.#resolve(this.#done && layout ? joinInOrder(this.#done, layout) : outputs);
  }

  fail(reason: unknown): void {
    if (this.#settle()) this.#reject(reason);
  }

  /** A part was cut off: one more has to be done. */
  addPart(part: RequestPart): void {
    this.replacePart(part);
    this.#openParts++;
  }

  /** A part is tried again as this one. */
  replacePart(part: RequestPart): void {
    this.#others ??= [];
    this.#others.push(part);
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.forget?.();
    return true;
  }
}

interface DonePart {
  readonly begin: number;
  readonly outputs: TensorMap;
}

function joinInOrder(parts: readonly DonePart[], layout: BatchLayout): TensorMap {
  const [first, ...others] = parts.toSorted((a, b) => a.begin - b.begin).map(({ outputs }) => outputs);
  return first ? joinRows([first, ...others], layout) : new Map();
}

interface PartOptions {
  readonly begin: number;
  readonly rows: number;
  readonly isAlone: boolean;
  readonly isRetry: boolean;
  readonly spans: RunSpans | undefined;
}

/** Rows of a request that run together. */
export class RequestPart implements LineEntry, RequestRows, LaneMember {
  readonly request: RequestRun;
  readonly isAlone: boolean;
  /** Its batch has failed, or was taken back before it began. */
  readonly isRetry: boolean;
  readonly spans: RunSpans | undefined;
  place = 0;
  #begin: number;
  #rows: number;

  constructor(request: RequestRun, { begin, rows, isAlone, isRetry, spans }: PartOptions) {
    this.request = request;
    this.isAlone = isAlone;
    this.isRetry = isRetry;
    this.spans = spans;
    this.#begin = begin;
    this.#rows = rows;
  }

  get begin(): number {
    return this.#begin;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Whether the request has other rows too. */
  get isPartial(): boolean {
    return this.#rows < this.request.rows;
  }

  get inputs(): TensorMap {
    return this.request.inputs;
  }

  get since(): number {
    return this.request.since;
  }

  get deadline(): number {
    return this.request.deadline;
  }

  /** Takes its outputs. */
  complete(outputs: TensorMap, layout: BatchLayout | undefined): void {
    this.request.complete(this, outputs, layout);
  }

  /** Cuts off its first rows as a part of their own. */
  cut(rows: number): RequestPart {
    const { request, isAlone } = this;
    const own = { begin: this.#begin, rows, isAlone, isRetry: false, spans: this.spans?.part() };
    const part = new RequestPart(request, own);
    request.addPart(part);
    this.#begin += rows;
    this.#rows -= rows;
    return part;
  }

  /** The same rows once more, by themselves. */
  retry(): RequestPart {
    return this.again(true);
  }

  /** The same rows once more, as their turn has come already. */
  again(isAlone: boolean = this.isAlone): RequestPart {
    const { request, spans } = this;
    const begin = this.#begin;
    const part = new RequestPart(request, { begin, rows: this.#rows, isAlone, isRetry: true, spans });
    request.replacePart(part);
    return part;
  }
}
