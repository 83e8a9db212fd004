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
const isServerSpan = ({ kind }: ReadableSpan): boolean => kind === OtelSpanKind.SERVER;

/** How many traces end in these spans: each has one span of the server. */
export function tracesIn(spans: readonly ReadableSpan[]): number {
  return spans.filter(isServerSpan).length;
}

/**
 * The spans of a finished call as OpenTelemetry has them, the whole call first: it becomes the server's span, child of
 * the span that the caller named; what it did inside are internal spans.
 */
export function readableSpans(finished: FinishedTrace, resource: Resource): ReadableSpan[] {
  const { trace, context, call } = finished;
  const traceState = context.state ? { traceState: createTraceState(context.state) } : {};
  const identity = { traceId: context.traceId, traceFlags: TraceFlags.SAMPLED, ...traceState };
  const contextOf = (spanId: string): SpanContext => ({ ...identity, spanId });
  const remote = context.parentSpanId && { ...contextOf(context.parentSpanId), isRemote: true };
  const time = epochTime(call.clock);
  return trace.spans.map((span) => {
    const own = contextOf(span.id);
    const parent = span.parent ? contextOf(span.parent.id) : remote;
    const { startedAt, endedAt = startedAt } = span;
    return {
      ...(span.parent ? innerSpan(span) : callSpan(span, finished)),
      ...unused,
      spanContext: () => own,
      ...(parent ? { parentSpanContext: parent } : {}),
      startTime: time(startedAt),
      endTime: time(endedAt),
      duration: hrTime((endedAt - startedAt) * 1000),
      resource,
      instrumentationScope,
    };
  });
}

/** What spans here never have. */
const unused: Pick<
  ReadableSpan,
  "ended" | "links" | "events" | "droppedAttributesCount" | "droppedEventsCount" | "droppedLinksCount"
> = {
  ended: true,
  links: [],
  events: [],
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
};

type SpanContent = Pick<ReadableSpan, "name" | "kind" | "attributes" | "status">;

function callSpan({ name }: CallSpan, finished: FinishedTrace): SpanContent {
  const attributes = callAttributes(finished);
  return { name, kind: OtelSpanKind.SERVER, attributes, status: callStatus(finished) };
}

function innerSpan({ kind, name, attributes }: CallSpan): SpanContent {
  const { error } = attributes;
  const status: SpanStatus = error
    ? { code: SpanStatusCode.ERROR, message: String(error) }
    : { code: SpanStatusCode.UNSET };
  return {
    name: `${kind}/${name}`,
    kind: OtelSpanKind.INTERNAL,
    attributes: { [nameAttribute[kind]]: name, ...innerAttributes(attributes) },
    status,
  };
}

/** Where the name of a span stands by itself, to search by. */
const nameAttribute: Readonly<Record<SpanKind, string>> = {
  [SpanKind.call]: "paddlewheel.call",
  [SpanKind.service]: "paddlewheel.service",
  [SpanKind.workflow]: "paddlewheel.workflow",
  [SpanKind.node]: "paddlewheel.node",
  [SpanKind.queue]: "paddlewheel.engine",
  [SpanKind.batch]: "paddlewheel.engine",
  [SpanKind.run]: "paddlewheel.engine",
};

function innerAttributes(attributes: CallSpan["attributes"]): Attributes {
  const entries = Object.entries(attributes).map(([key, value]) => {
    const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return [key === "error" ? "error.type" : `paddlewheel.${snake}`, value];
  });
  return Object.fromEntries(entries) as Attributes;
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
