import type { Call, CallSpan, CallTrace } from "@paddlewheel/core";

/**
 * Longest report in characters. It is one header, and with the others it must stay below 8 KiB: what gRPC's C core takes
 * for sure, and most proxies.
 */
const maxReportLength = 7 * 1024;

/**
 * What a call did, as one line of ASCII: `{requestId, traceId, totalUs, spans, dropped}`, all times in microseconds
 * from the call's start, `parent` as an index into `spans`. A trace too long for a header loses its innermost spans;
 * `dropped` counts them, and those that were never kept.
 */
export function traceReport(call: Call, trace: CallTrace): string {
  const spans = fittingSpans(trace.spans, call.startedAt);
  const indices = new Map(spans.map((span, index) => [span, index]));
  const total = trace.spans[0]?.endedAt ?? call.startedAt;
  return asciiJson({
    requestId: call.requestId,
    traceId: call.traceContext?.traceId,
    totalUs: micros(total - call.startedAt),
    spans: spans.map((span) => spanFields(span, call.startedAt, indices)),
    dropped: trace.dropped + trace.spans.length - spans.length,
  });
}

/** Outer spans first, as many as fit; in the order they began. */
function fittingSpans(spans: readonly CallSpan[], origin: number): CallSpan[] {
  // Indices of the whole trace: in the report they have no more digits.
  const indices = new Map(spans.map((span, index) => [span, index]));
  const outerFirst = [...spans].sort((a, b) => depthOf(a) - depthOf(b));
  const kept = new Set<CallSpan>();
  let room = maxReportLength - frameLength;
  for (const span of outerFirst) {
    room -= asciiJson(spanFields(span, origin, indices)).length + 1;
    if (room < 0) break;
    kept.add(span);
  }
  return spans.filter((span) => kept.has(span));
}

/** Room for all but the spans; a request id has at most 128 characters, each of which may need two. */
const frameLength = 512;

function spanFields(span: CallSpan, origin: number, indices: ReadonlyMap<CallSpan, number>): object {
  const { kind, name, parent, startedAt, endedAt = startedAt, attributes } = span;
  return {
    kind,
    name,
    startUs: micros(startedAt - origin),
    durationUs: micros(endedAt - startedAt),
    ...(parent ? { parent: indices.get(parent) } : {}),
    ...attributes,
  };
}

function depthOf({ parent }: CallSpan): number {
  let depth = 0;
  for (let above = parent; above; above = above.parent) depth++;
  return depth;
}

function micros(ms: number): number {
  return Math.round(ms * 1000);
}

/** A header holds ASCII only; JSON can say the rest in it. */
function asciiJson(value: object): string {
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(/[^ -~]/g, escaped);
}
