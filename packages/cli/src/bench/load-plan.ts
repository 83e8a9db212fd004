import type { FlagValues } from "../flags/flag-values.js";
import { UsageError } from "../usage-error.js";

/** How to put load on a server. */
export interface LoadPlan {
  /** Calls kept in flight, or calls a second. */
  readonly load: { readonly concurrency: number } | { readonly rate: number };
  /** Time before that which is measured. */
  readonly warmUpMs: number;
  readonly durationMs: number;
}

/** @throws UsageError for a time that is none, or two kinds of load. */
export function readLoadPlan(values: FlagValues): LoadPlan {
  const rate = values.int("rate");
  if (rate !== undefined && values.has("concurrency")) {
    throw new UsageError("--rate and --concurrency: give one of them");
  }
  return {
    load: rate === undefined ? { concurrency: values.int("concurrency") ?? 16 } : { rate },
    warmUpMs: parseDuration("warmup", values.text("warmup") ?? "1s"),
    durationMs: Math.max(parseDuration("duration", values.text("duration") ?? "10s"), 1),
  };
}

const msOfUnit: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** A day: more is a mistyped unit. */
const maxDurationMs = 86_400_000;

function parseDuration(flag: string, text: string): number {
  const [, digits, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? [];
  const ms = Number(digits) * (msOfUnit[unit] ?? Number.NaN);
  if (ms <= maxDurationMs) return ms;
  throw new UsageError(
    `--${flag} must be a time of at most a day such as 500ms, 10s or 2m, not ${JSON.stringify(text)}`,
  );
}
