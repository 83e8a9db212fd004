import type { NestedList } from "@paddlewheel/client";
import { type DType, dtypeTable, nearestNameHint } from "@paddlewheel/core";
import { longInteger, parseJson } from "@paddlewheel/wire";
import { UsageError } from "../usage-error.js";
import { textOrFile } from "./text-or-file.js";

/** One value of `--feed`. */
export interface GivenFeed {
  readonly alias: string;
  /** Undefined when the flag does not say it. */
  readonly dtype: DType | undefined;
  readonly value: NestedList;
}

/**
 * Reads `NAME=JSON`, `NAME:TYPE=JSON` and `NAME=@FILE`.
 * @throws UsageError for one that is none of them; Error for a file that cannot be read.
 */
export function parseFeed(text: string): GivenFeed {
  const [, alias, type, source] = /^([^=:]+)(?::([^=]*))?=(.*)$/s.exec(text) ?? [];
  if (alias === undefined || source === undefined) {
    throw new UsageError(`--feed ${JSON.stringify(text)}: must be NAME=JSON, NAME:TYPE=JSON or NAME=@FILE`);
  }
  return { alias, dtype: parseDtype(alias, type), value: parseValue(alias, textOrFile(source)) };
}

function parseDtype(alias: string, type: string | undefined): DType | undefined {
  if (type === undefined) return undefined;
  const known = Object.keys(dtypeTable) as DType[];
  const found = known.find((dtype) => dtype === type);
  if (found) return found;
  const hint = nearestNameHint(type, known) || `; there are ${known.join(", ")}`;
  throw new UsageError(`--feed ${alias}: unknown type ${JSON.stringify(type)}${hint}`);
}

function parseValue(alias: string, json: string): NestedList {
  let value: unknown;
  try {
    value = parseJson(json);
  } catch (thrown) {
    throw new UsageError(`--feed ${alias}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  return nestedListOf(alias, value);
}

function nestedListOf(alias: string, value: unknown): NestedList {
  if (Array.isArray(value)) return value.map((item) => nestedListOf(alias, item));
  if (typeof value === "number" || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "object" && value !== null && longInteger in value)
    return BigInt(String(value[longInteger]));
  throw new UsageError(`--feed ${alias}: must be a number, a string, true, false or lists of them`);
}
