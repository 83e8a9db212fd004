import {
  type Attributes,
  createTraceState,
  type HrTime,
  SpanKind as OtelSpanKind,
  type SpanContext,
  type SpanStatus,
  SpanStatusCode,
  TraceFlags,
} from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { type CallSpan, type Clock, type FinishedTrace, SpanKind } from "@paddlewheel/core";
import { callAttributes, callStatus } from "./call-attributes.js";

const instrumentationScope = { name: "@paddlewheel/otel" };

/** How many traces end in these spans: each has one span of the server. */
export function tracesIn(spans: readonly ReadableSpan[]): number {
  return spans.filter(({ kind }) => kind === OtelSpanKind.SERVER).length;
}

/**
 * The spans of a finished call as OpenTelemetry has them, the whole call first: it becomes the server's span, child of
 * the span that the caller named; what it did inside are internal spans.
 */
export function readableSpans(finished: FinishedTrace, resource: Resource): ReadableSpan[] {
  const { trace, context, call } = finished;
  const traceState = context.state && createTraceState(context.state);
  const { traceId } = context;
  const contextOf = (spanId: string): SpanContext => {
    const own = { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
    return traceState ? { ...own, traceState } : own;
  };
  const remote = context.parentSpanId && { ...contextOf(context.parentSpanId), isRemote: true };
  const time = epochTime(call.clock);
  return trace.spans.map((span) => {
    const { kind, name, parent, startedAt, endedAt = startedAt } = span;
    const own = contextOf(span.id);
    const above = parent ? contextOf(parent.id) : remote;
    const readable: ReadableSpan = {
      name: parent ? `${kind}/${name}` : name,
      kind: parent ? OtelSpanKind.INTERNAL : OtelSpanKind.SERVER,
      spanContext: () => own,
      startTime: time(startedAt),
      endTime: time(endedAt),
      status: parent ? innerStatus(span) : callStatus(finished),
      attributes: parent ? innerAttributes(span) : callAttributes(finished),
      links: [],
      events: [],
      duration: hrTime((endedAt - startedAt) * 1000),
      ended: true,
      resource,
      instrumentationScope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
    return above ? Object.assign(readable, { parentSpanContext: above }) : readable;
  });
}

function innerStatus({ attributes: { error } }: CallSpan): SpanStatus {
  if (error === undefined) return { code: SpanStatusCode.UNSET };
  return { code: SpanStatusCode.ERROR, message: String(error) };
}

/** Where the name of a span stands by itself, to search by. */
const nameAttribute: Readonly<Record<SpanKind, string>> = {
  [SpanKind.call]: "paddlewheel.call",
  [SpanKind.service]: "paddlewheel.service",
  [SpanKind.workflow]: "paddlewheel.workflow",
  [SpanKind.node]: "paddlewheel.node",
  [SpanKind.cache]: "paddlewheel.engine",
  [SpanKind.queue]: "paddlewheel.engine",
  [SpanKind.batch]: "paddlewheel.engine",
  [SpanKind.run]: "paddlewheel.engine",
};

function innerAttributes({ kind, name, attributes }: CallSpan): Attributes {
  const own: Attributes = { [nameAttribute[kind]]: name };
  for (const [key, value] of Object.entries(attributes)) own[attributeName(key)] = value;
  return own;
}

function attributeName(key: string): string {
  if (key === "error") return "error.type";
  return `paddlewheel.${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

/** Turns times of a call's clock into seconds and nanoseconds since the epoch. */
function epochTime(clock: Clock): (at: number) => HrTime {
  const offsetMicros = clock.epochMicros() - clock.now() * 1000;
  return (at) => hrTime(offsetMicros + at * 1000);
}

function hrTime(micros: number): HrTime {
  const whole = Math.round(micros);
  const seconds = Math.floor(whole / 1e6);
  return [seconds, (whole - seconds * 1e6) * 1000];
}
