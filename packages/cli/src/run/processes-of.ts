import { availableParallelism } from "node:os";
import type { FlagValues } from "../flags/flag-values.js";
import { UsageError } from "../usage-error.js";

/** More processes than cores gain nothing, and few machines have as many. */
const maxProcesses = 256;

/**
 * Processes that `--processes` asks for; undefined when it is not given.
 * @throws UsageError
 */
export function processesOf(values: FlagValues): number | undefined {
  const text = values.text("processes");
  if (text === undefined) return undefined;
  const count = text === "auto" ? availableParallelism() : wholeNumber(text);
  if (count >= 1 && count <= maxProcesses) return count;
  throw new UsageError(
    `--processes must be a whole number from 1 to ${maxProcesses}, or auto, not ${JSON.stringify(text)}`,
  );
}

function wholeNumber(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
