import {
  type CallSpan,
  type CallTrace,
  Code,
  codeName,
  type SpanAttributes,
  SpanKind,
} from "@paddlewheel/core";

export interface RunSpansOptions {
  readonly trace: CallTrace;
  /** What the run is a part of. */
  readonly parent: CallSpan | undefined;
  /** Name of the engine. */
  readonly engine: string;
  readonly version: string;
  readonly revision?: string | undefined;
  readonly placement: "inline" | "pool" | "process";
}

/** How a run of the model ended. */
export interface RunFacts {
  /** Rows of the run, those of other requests included. */
  readonly rows?: number | undefined;
  /** Id of the worker thread or process that ran it. */
  readonly worker?: number | undefined;
  /** Time in the model alone, where the span also covers the way to a worker and back. */
  readonly modelMs?: number | undefined;
  readonly error?: Code | undefined;
}

/** Whether a run was answered from the request cache, by the run of another, or runs itself. */
export type CacheOutcome = "hit" | "shared" | "miss";

/**
 * What one run leaves in the trace of its call; there is none of it for a call that nobody wants to see. Times come from
 * the engine's clock, which in a server is that of its calls.
 */
export class RunSpans {
  readonly #options: RunSpansOptions;
  #cache: CallSpan | undefined;
  #queue: CallSpan | undefined;
  #batch: CallSpan | undefined;
  #run: CallSpan | undefined;

  constructor(options: RunSpansOptions) {
    this.#options = options;
  }

  /** For a part of the run that has a batch of its own. */
  part(): RunSpans {
    return new RunSpans(this.#options);
  }

  /** The request cache is asked. */
  beginCache(now: number): void {
    this.#cache = this.#begin(SpanKind.cache, now);
  }

  /** It has answered, or the run of another has ended, or the run starts. */
  endCache(now: number, outcome: CacheOutcome): void {
    this.#end(this.#cache, now, { version: this.#options.version, outcome });
  }

  beginWait(now: number): void {
    this.#queue = this.#begin(SpanKind.queue, now);
  }

  /** The run starts, or leaves the line because its call has stopped or nobody can run it. */
  endWait(now: number, { isLeaving = false }: { readonly isLeaving?: boolean } = {}): void {
    this.#end(this.#queue, now, isLeaving ? { left: true } : {});
  }

  /** The run goes together with those of other requests. */
  beginBatch(now: number): void {
    this.#batch = this.#begin(SpanKind.batch, now);
  }

  /** The batch is over; when it has failed, the run is tried alone after it. */
  endBatch(
    now: number,
    facts: { readonly rows: number; readonly requests: number; readonly isDone: boolean },
  ): void {
    const { rows, requests, isDone } = facts;
    this.#end(this.#batch, now, { rows, requests, ...(isDone ? {} : errorAttribute(Code.opFailure)) });
    this.#batch = undefined;
  }

  beginRun(now: number): void {
    this.#run = this.#begin(SpanKind.run, now);
  }

  endRun(now: number, { rows, worker, modelMs, error }: RunFacts): void {
    const { version, revision, placement } = this.#options;
    this.#end(this.#run, now, {
      version,
      ...(revision === undefined ? {} : { revision }),
      placement,
      ...(rows === undefined ? {} : { rows }),
      ...(worker === undefined ? {} : { worker }),
      ...(modelMs === undefined ? {} : { modelUs: Math.round(modelMs * 1000) }),
      ...(error === undefined ? {} : errorAttribute(error)),
    });
  }

  #begin(kind: SpanKind, startedAt: number): CallSpan {
    const { trace, parent, engine } = this.#options;
    return trace.begin({ kind, name: engine, parent: this.#batch ?? parent, startedAt });
  }

  #end(span: CallSpan | undefined, endedAt: number, attributes: SpanAttributes): void {
    if (span) this.#options.trace.end(span, endedAt, attributes);
  }
}

function errorAttribute(code: Code): SpanAttributes {
  return { error: codeName(code) ?? String(code) };
}
