/** What a span covers, from the outside in. */
export const SpanKind = {
  service: "service",
  workflow: "workflow",
  node: "node",
  /** Waiting in an engine's queue. */
  queue: "queue",
  /** Gathering requests into one batch. */
  batch: "batch",
  /** A model run. */
  run: "run",
} as const;
export type SpanKind = (typeof SpanKind)[keyof typeof SpanKind];

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A part of a call's time, on the clock of the call. */
export interface CallSpan {
  readonly kind: SpanKind;
  /** Of the service, workflow, node or engine. */
  readonly name: string;
  readonly parent: CallSpan | undefined;
  readonly startedAt: number;
  /** Undefined while it lasts. */
  readonly endedAt: number | undefined;
  readonly attributes: SpanAttributes;
}

export interface NewSpan {
  readonly kind: SpanKind;
  readonly name: string;
  readonly parent?: CallSpan | undefined;
  readonly startedAt: number;
}

/** Spans kept per call. A map over many items could make more; they are counted and not kept. */
const maxSpans = 1000;

/** What one call did on its way, recorded only for a call that somebody wants to see. */
export class CallTrace {
  readonly #spans: OpenSpan[] = [];
  #dropped = 0;

  /** In the order they began. */
  get spans(): readonly CallSpan[] {
    return this.#spans;
  }

  /** Spans that were too many to keep. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Begins a span; whoever began it ends it. */
  begin({ kind, name, parent, startedAt }: NewSpan): CallSpan {
    const span = new OpenSpan({ kind, name, parent, startedAt });
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
}

class OpenSpan implements CallSpan {
  readonly kind: SpanKind;
  readonly name: string;
  readonly parent: CallSpan | undefined;
  readonly startedAt: number;
  endedAt: number | undefined;
  attributes: SpanAttributes = {};

  constructor({ kind, name, parent, startedAt }: NewSpan) {
    this.kind = kind;
    this.name = name;
    this.parent = parent;
    this.startedAt = startedAt;
  }
}
