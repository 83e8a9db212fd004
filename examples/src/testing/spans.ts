import type { Span, TracedAnswer } from "../timeline/traced-call.js";

/** The span of a workflow or node. @throws Error when there is not exactly one. */
export function findSpan({ spans }: TracedAnswer, kind: string, name: string): Span {
  const [found, ...others] = spans.filter((span) => span.kind === kind && span.name === name);
  if (found && others.length === 0) return found;
  throw new Error(`there are ${others.length + (found ? 1 : 0)} spans of ${kind} ${name}`);
}

/** Whether there was a time when both were at work. */
export function overlap(a: Span, b: Span): boolean {
  return a.startUs < b.startUs + b.durationUs && b.startUs < a.startUs + a.durationUs;
}

/** Whether the second began after the first had ended; both times are rounded to microseconds. */
export function follows(first: Span, second: Span): boolean {
  return second.startUs >= first.startUs + first.durationUs - 1;
}
