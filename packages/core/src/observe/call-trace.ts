import { newSpanId } from "./trace-context.js";

/** What a span covers, from the outside in. */
export const SpanKind = {
  /** The whole: reading the request, the service, writing the answer. */
  call: "call",
  service: "service",
  workflow: "workflow",
  node: "node",
  /** Asking the request cache of an engine, and waiting for the run of another request with the same inputs. */
  cache: "cache",
  /** Waiting for an engine. */
  queue: "queue",
  /** One run for several requests: merging them, the run, giving each its rows. */
  batch: "batch",
  /** A model run. */
  run: "run",
} as const;
export type SpanKind = (typeof SpanKind)[keyof typeof SpanKind];

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A part of a call's time, on the clock of the call. */
export interface CallSpan {
  /** 16 hexadecimal digits, unique; made when somebody asks for it first. */
  readonly id: string;
  readonly kind: SpanKind;
  /** Of the service, workflow, node or engine. */
  readonly name: string;
  /** Undefined for the first span of a trace only. */
  readonly parent: CallSpan | undefined;
  readonly startedAt: number;
  /** Undefined while it lasts. */
  readonly endedAt: number | undefined;
  readonly attributes: SpanAttributes;
}

export interface NewSpan {
  readonly kind: SpanKind;
  readonly name: string;
  /** Default: the first span of the trace, so that whoever begins one need not know what lies above. */
  readonly parent?: CallSpan | undefined;
  readonly startedAt: number;
}

/** Who wants to see a trace. */
export interface TraceAudience {
  /** The caller, in the answer. */
  readonly isForCaller?: boolean;
  /** The server's `TraceSink`. */
  readonly isForSink?: boolean;
}

/** Spans kept per call. A map over many items could make more; they are counted and not kept. */
const maxSpans = 1000;

/** What one call did on its way, recorded only for a call that somebody wants to see. */
export class CallTrace {
  readonly isForCaller: boolean;
  readonly isForSink: boolean;
  readonly #spans: OpenSpan[] = [];
  #dropped = 0;
  #isClosed = false;

  constructor({ isForCaller = false, isForSink = false }: TraceAudience = {}) {
    this.isForCaller = isForCaller;
    this.isForSink = isForSink;
  }

  /** In the order they began: each comes after its parent. */
  get spans(): readonly CallSpan[] {
    return this.#spans;
  }

  /** Spans that were too many to keep. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Begins a span; whoever began it ends it. */
  begin({ kind, name, parent = this.#spans[0], startedAt }: NewSpan): CallSpan {
    const span = new OpenSpan({ kind, name, parent, startedAt });
    if (this.#isClosed) return span;
    if (this.#spans.length < maxSpans) this.#spans.push(span);
    else this.#dropped++;
    return span;
  }

  /** Ends a span; only the first end counts. */
  end(span: CallSpan, endedAt: number, attributes: SpanAttributes = {}): void {
    if (!(span instanceof OpenSpan) || span.endedAt !== undefined) return;
    span.endedAt = endedAt;
    span.attributes = attributes;
  }

  /**
   * The call is answered: what is still going on for it, say the run of a model it no longer waits for, is cut here and
   * marked `unfinished`, and nothing changes the trace any more. Idempotent.
   */
  close(endedAt: number): void {
    this.#isClosed = true;
    for (const span of this.#spans) this.end(span, endedAt, { unfinished: true });
  }
}

class OpenSpan implements CallSpan {
  readonly kind: SpanKind;
  readonly name: string;
  readonly parent: CallSpan | undefined;
  readonly startedAt: number;
  endedAt: number | undefined;
  attributes: SpanAttributes = {};
  #id: string | undefined;

  constructor({ kind, name, parent, startedAt }: NewSpan) {
    this.kind = kind;
    this.name = name;
    this.parent = parent;
    this.startedAt = startedAt;
  }

  get id(): string {
    this.#id ??= newSpanId();
    return this.#id;
  }
}
