import type { Call } from "../call.js";
import { Code } from "../code.js";
import type { Channel } from "../op/channel.js";
import type { Op, OpResult } from "../op/op.js";
import { ServeError } from "../serve-error.js";
import type { DagNode } from "./plan-dag.js";

/** Told when a node's Op has ended; `error` is what the request fails with. */
export type OnNodeEnd = (index: number, error: ServeError | undefined) => void;

/** One node of one DagView: its Op, and the run of it that is under way. */
export class NodeRun {
  readonly node: DagNode;
  readonly channel: Channel;
  /** On the clock of the call. */
  startedAt = 0;
  readonly #index: number;
  readonly #op: Op;
  readonly #details: Readonly<Record<string, string>>;
  readonly #onEnd: OnNodeEnd;
  // Bound once: a node has at most one run under way, so a request needs no closures of its own.
  readonly #onResult = (result: OpResult): void => this.#onEnd(this.#index, this.#take(result));
  readonly #onFailure = (thrown: unknown): void => this.#onEnd(this.#index, this.#failure(thrown));

  constructor(options: {
    readonly index: number;
    readonly op: Op;
    /** Service and workflow, for errors. */
    readonly place: Readonly<Record<string, string>>;
    readonly onEnd: OnNodeEnd;
  }) {
    this.#index = options.index;
    this.#op = options.op;
    this.#onEnd = options.onEnd;
    this.node = options.op.node;
    this.channel = options.op.channel;
    this.#details = { ...options.place, node: this.node.name };
  }

  /** Runs the Op; `onEnd` is called when it has ended, which may be before this returns. */
  start(call: Call, now: number): void {
    this.startedAt = now;
    let pending: Promise<OpResult> | undefined;
    let result: OpResult | Promise<OpResult>;
    try {
      result = this.#op.process(call);
      // What only looks like a promise may settle twice, or throw: a real one takes its outcome.
      if (isThenable(result)) pending = Promise.resolve(result);
    } catch (thrown) {
      this.#onFailure(thrown);
      return;
    }
    if (pending !== undefined) pending.then(this.#onResult, this.#onFailure);
    else this.#onResult(result as OpResult);
  }

  /** The request is over. */
  release(): void {
    this.#op.release();
  }

  #take(result: unknown): ServeError | undefined {
    if (result === undefined) return undefined;
    if (typeof result === "number") {
      if (result > 0) this.channel.clear();
      return result >= 0 ? undefined : this.#opFailure(`failed with ${result}`);
    }
    return this.#opFailure(`returned ${typeof result}, must return nothing or a number`);
  }

  /** A ServeError keeps its code and text; anything else an Op throws stays inside as the cause. */
  #failure(thrown: unknown): ServeError {
    if (thrown instanceof ServeError) return thrown.withDetails(this.#details);
    return this.#opFailure("failed", thrown);
  }

  #opFailure(what: string, cause?: unknown): ServeError {
    const { name, type } = this.node;
    const message = `op "${name}" (${type}) ${what}`;
    return new ServeError(Code.opFailure, message, { cause, details: this.#details });
  }
}

function isThenable(value: unknown): value is PromiseLike<OpResult> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
