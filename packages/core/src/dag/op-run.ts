import type { Call } from "../call.js";
import { Code } from "../code.js";
import { isThenable } from "../is-thenable.js";
import { Later } from "../later.js";
import type { CallSpan } from "../observe/call-trace.js";
import type { Op, OpResult } from "../op/op.js";
import { quoteValue } from "../quote-value.js";
import { ServeError } from "../serve-error.js";
import type { NodePlace, NodeRunner, OnRunEnd } from "./node-runner.js";

/** Runs one Op once: the primitive of which attempts and maps are made, and all a plain node needs. */
export class OpRun implements NodeRunner {
  readonly #op: Op;
  readonly #place: NodePlace;
  readonly #onEnd: OnRunEnd;
  // Bound once: an Op has at most one run under way, so a request needs no closures of its own.
  readonly #onResult = (result: OpResult): void => this.#onEnd(this.#take(result));
  readonly #onFailure = (thrown: unknown): void => this.#onEnd(this.#failure(thrown));

  constructor({ op, place, onEnd }: { op: Op; place: NodePlace; onEnd: OnRunEnd }) {
    this.#op = op;
    this.#place = place;
    this.#onEnd = onEnd;
  }

  start(call: Call, span?: CallSpan, failure?: ServeError): void {
    let pending: PromiseLike<OpResult> | undefined;
    let result: OpResult | PromiseLike<OpResult>;
    try {
      result = this.#op.process(call, span, failure);
      // What only looks like a promise may settle twice, or throw: a real one takes its outcome.
      if (isThenable(result)) pending = result instanceof Later ? result : Promise.resolve(result);
    } catch (thrown) {
      this.#onFailure(thrown);
      return;
    }
    if (pending !== undefined) pending.then(this.#onResult, this.#onFailure);
    else this.#onResult(result as OpResult);
  }

  release(): void {
    this.#op.release();
  }

  #take(result: unknown): ServeError | undefined {
    if (result === undefined) return undefined;
    if (typeof result === "number") {
      if (result > 0) this.#op.channel.clear();
      return result >= 0 ? undefined : this.#opFailure(`failed with ${result}`);
    }
    return this.#opFailure(`returned ${typeof result}, must return nothing or a number`);
  }

  /** A ServeError keeps its code and text; anything else an Op throws stays inside as the cause. */
  #failure(thrown: unknown): ServeError {
    if (thrown instanceof ServeError) return thrown.withDetails(this.#place);
    // A log shows where an Error is from, and of anything else not even that it was there.
    const cause = thrown instanceof Error ? thrown : notAnError(thrown);
    return this.#opFailure("failed", cause);
  }

  #opFailure(what: string, cause?: unknown): ServeError {
    const message = `op "${this.#op.name}" (${this.#op.type}) ${what}`;
    return new ServeError(Code.opFailure, message, { cause, details: this.#place });
  }
}

function notAnError(thrown: unknown): Error {
  return new Error(`threw ${quoteValue(thrown)}, which is no Error`, { cause: thrown });
}
