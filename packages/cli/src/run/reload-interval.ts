import type { FlagValues } from "../flags/flag-values.js";
import { UsageError } from "../usage-error.js";

/**
 * Milliseconds of `--reload_interval_s`; undefined when it is not given. A fraction of a second is allowed.
 * @throws UsageError
 */
export function reloadIntervalMs(values: FlagValues): number | undefined {
  const text = values.text("reload_interval_s");
  if (text === undefined) return undefined;
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 0.01 && seconds <= 86_400) return seconds * 1000;
  throw new UsageError(
    `--reload_interval_s must be a number from 0.01 to 86400, not ${JSON.stringify(text)}`,
  );
}
