import type { Span } from "./traced-call.js";

/** What conf speaks of; engines have spans of their own below their nodes. */
const shown: ReadonlySet<string> = new Set(["service", "workflow", "node"]);

interface Row {
  readonly label: string;
  readonly text: string;
}

/**
 * One line for each service, workflow and node of a trace, below what it is a part of: its name, when it ran, and how it
 * ended when that is not plain.
 */
export function renderTimeline(spans: readonly Span[]): string {
  const rows = rowsBelow(0, spans, "");
  const width = Math.max(...rows.map(({ label }) => label.length));
  return rows.map(({ label, text }) => `${label.padEnd(width)}  ${text}`).join("\n");
}

function rowsBelow(index: number, spans: readonly Span[], indent: string): Row[] {
  return spans.flatMap((span, i) => {
    if (span.parent !== index || !shown.has(span.kind)) return [];
    return [{ label: indent + span.name, text: timesOf(span) }, ...rowsBelow(i, spans, `${indent}  `)];
  });
}

function timesOf({ startUs, durationUs, skipped, error, fallback }: Span): string {
  if (skipped) return "skipped";
  const times = `${milliseconds(startUs)} to ${milliseconds(startUs + durationUs)}`;
  if (error === undefined) return times;
  return `${times}, ${error}${fallback === undefined ? "" : `: ${fallback} stands in`}`;
}

function milliseconds(micros: number): string {
  return `${(micros / 1000).toFixed(1).padStart(6)} ms`;
}
