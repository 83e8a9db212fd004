import { millis } from "../bench/render-load.js";
import { columns } from "../columns.js";
import type { AbReport, VariantReport } from "./ab-report.js";

/** A report for a person. */
export function renderAbReport(report: AbReport): string {
  const { endpoint, calls, durationMs, variants, reference } = report;
  const head = [
    "variant",
    "calls",
    "share",
    "by weight",
    "3 sigma",
    "errors",
    "p50",
    "p95",
    "p99 ms",
    "answers/s",
    `equal to ${reference}`,
    "max difference",
  ];
  const notes = [...variants.flatMap(notesOf), ...canaryNotes(report), ...shadowNotes(report)];
  return [
    `${endpoint}: ${calls} calls in ${(durationMs / 1000).toFixed(2)} s`,
    ...columns([head, ...variants.map(rowOf)], 0),
    ...(notes.length > 0 ? ["", ...notes] : []),
  ].join("\n");
}

function rowOf(one: VariantReport): readonly string[] {
  const { from, to } = one.expectedCalls;
  const { p50, p95, p99 } = one.latencyMs;
  return [
    one.variant,
    String(one.calls),
    percent(one.share),
    percent(one.expectedShare),
    one.isAsExpected ? "within" : `not ${from} to ${to}`,
    errorsText(one.errors),
    ...[p50, p95, p99].map((ms) => (one.answers > 0 ? millis(ms) : "-")),
    one.answersPerSecond.toFixed(1),
    `${one.equalAnswers} of ${one.answers}`,
    differenceText(one.maxAbsolute),
  ];
}

function differenceText(maxAbsolute: number): string {
  return String(Number(maxAbsolute.toPrecision(3)));
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function errorsText(errors: Readonly<Record<string, number>>): string {
  const counts = Object.entries(errors).map(([code, count]) => `${code} ${count}`);
  return counts.join(", ") || "none";
}

function notesOf({ variant, firstError, firstDifference }: VariantReport): readonly string[] {
  const difference = firstDifference && `${firstDifference.path}: ${firstDifference.message}`;
  return [
    ...(difference === undefined ? [] : [`${variant} differs first in ${difference}`]),
    ...(firstError === undefined ? [] : [`${variant} failed first with: ${firstError}`]),
  ];
}

function canaryNotes({ canary }: AbReport): readonly string[] {
  if (!canary?.isRolledBack) return [];
  const { calls, failures } = canary.canary;
  return [
    `canary ${canary.variant} was rolled back: ${failures} of ${calls} calls failed, then it got no more`,
  ];
}

function shadowNotes({ shadow }: AbReport): readonly string[] {
  if (!shadow) return [];
  const { variant, equal, compared, maxAbsolute, failed, dropped, tooLarge } = shadow;
  const parts = [
    `${equal} of ${compared} copies equal, max difference ${differenceText(maxAbsolute)}`,
    `errors ${errorsText(failed)}`,
    `${dropped} calls not copied, ${tooLarge} too large`,
  ];
  return [`shadow ${variant}: ${parts.join("; ")}`];
}
