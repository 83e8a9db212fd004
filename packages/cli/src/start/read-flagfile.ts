import { readFileSync } from "node:fs";
import type { FlagTable } from "../flags/flag.js";
import { FlagValues } from "../flags/flag-values.js";
import { parseFlags } from "../flags/parse-flags.js";
import { UsageError } from "../usage-error.js";

/**
 * Reads a gflags flagfile: one flag a line, blank lines and # comments. Of a flag that comes twice the last counts.
 * @throws UsageError naming file and line; the file system's own error when the file cannot be read.
 */
export function readFlagfile(table: FlagTable, file: string | undefined): FlagValues {
  let values = new FlagValues(table, new Map());
  if (file === undefined) return values;
  for (const [index, line] of readFileSync(file, "utf8").split(/\r?\n/).entries()) {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) continue;
    values = readLine(table, text, `${file}:${index + 1}`).over(values);
  }
  return values;
}

function readLine(table: FlagTable, text: string, place: string): FlagValues {
  try {
    const { values, positionals } = parseFlags(table, [text]);
    if (positionals.length > 0) throw new UsageError(`${JSON.stringify(text)} is no --flag=value`);
    if (values.has("flagfile")) throw new UsageError("a flagfile cannot name another");
    return values;
  } catch (thrown) {
    throw thrown instanceof UsageError ? new UsageError(`${place}: ${thrown.message}`) : thrown;
  }
}
