import { type ParseArgsConfig, parseArgs } from "node:util";
import { nearestNameHint } from "@paddlewheel/core";
import { UsageError } from "../usage-error.js";
import type { Flag, FlagTable } from "./flag.js";
import { type FlagValue, FlagValues } from "./flag-values.js";

export interface ParsedFlags {
  readonly values: FlagValues;
  readonly positionals: readonly string[];
}

/** Texts as `parseArgs` gives them, by the flag's name. */
type RawValues = Map<string, { readonly flag: Flag; readonly texts: (string | undefined)[] }>;

/**
 * Reads the arguments of one command. Beside the usual forms it takes those of Paddle Serving's programs: one dash
 * (`-port 8010`) and `=True`/`=False`, as gflags has them, and several values after a flag (`--model a b`), as argparse has them.
 * `-` and `_` in names are the same. Of a flag with one value that is given twice the last counts, lists are joined.
 * @throws UsageError
 */
export function parseFlags(table: FlagTable, args: readonly string[]): ParsedFlags {
  const { raw, positionals } = collect(table, args);
  const values = new Map<string, FlagValue>();
  for (const [name, { flag, texts }] of raw) values.set(name, readValue(name, flag, texts));
  return { values: new FlagValues(table, values), positionals };
}

function collect(table: FlagTable, args: readonly string[]): { raw: RawValues; positionals: string[] } {
  const raw: RawValues = new Map();
  const positionals: string[] = [];
  let list: (string | undefined)[] | undefined;
  const { tokens } = parseArgs({
    args: args.map(normalize),
    options: optionsOf(table),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") (list ?? positionals).push(unmarked(token.value));
    else if (token.kind === "option-terminator") list = undefined;
    else {
      const { name, flag, value } = findFlag(table, token);
      checkTaken(name, token);
      const entry = raw.get(name) ?? { flag, texts: [] };
      raw.set(name, entry);
      entry.texts.push(value);
      list = flag.kind === "texts" || flag.kind === "ints" ? entry.texts : undefined;
    }
  }
  return { raw, positionals };
}

/** Before a negative number it keeps `parseArgs` from taking it for a flag; no argument of a process can hold it. */
const valueMark = "\0";

/** `-port=1` → `--port=1`, `--max-body-size` → `--max_body_size`, and numbers marked as values. */
function normalize(arg: string): string {
  if (/^-\d/.test(arg)) return valueMark + arg;
  const match = /^--?([A-Za-z][\w-]+)(=.*)?$/s.exec(arg);
  return match?.[1] ? `--${match[1].replaceAll("-", "_")}${match[2] ?? ""}` : arg;
}

function unmarked(value: string): string {
  return value.startsWith(valueMark) ? value.slice(valueMark.length) : value;
}

function optionsOf(table: FlagTable): NonNullable<ParseArgsConfig["options"]> {
  return Object.fromEntries(
    Object.entries(table).map(([name, { kind, short }]) => [
      name,
      { type: kind === "bool" ? "boolean" : "string", ...(short === undefined ? {} : { short }) },
    ]),
  );
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function findFlag(
  table: FlagTable,
  { name, rawName, value, inlineValue }: OptionToken,
): { name: string; flag: Flag; value: string | undefined } {
  const flag = Object.hasOwn(table, name) ? table[name] : undefined;
  if (flag) return { name, flag, value: inlineValue || value === undefined ? value : unmarked(value) };
  // gflags: --nouse_calib is --use_calib=false.
  const positive = name.startsWith("no") ? name.slice(2) : "";
  const negated = Object.hasOwn(table, positive) ? table[positive] : undefined;
  if (negated?.kind === "bool" && value === undefined)
    return { name: positive, flag: negated, value: "false" };
  const known = Object.keys(table).map((one) => `--${one}`);
  throw new UsageError(`unknown flag ${rawName}${nearestNameHint(rawName, known)}`);
}

/** A flag at the place of a value is a value forgotten. */
function checkTaken(name: string, { value, inlineValue }: OptionToken): void {
  if (inlineValue || value === undefined || !value.startsWith("-")) return;
  throw new UsageError(`--${name} needs a value, found ${value}`);
}

function readValue(name: string, flag: Flag, texts: readonly (string | undefined)[]): FlagValue {
  const last = texts.at(-1);
  if (flag.kind === "bool") return readBool(name, last);
  const given = texts.map((text) => text ?? missing(name, flag));
  if (flag.kind === "texts") return given;
  if (flag.kind === "ints") return given.map((text) => readInt(name, flag, text));
  const text = given.at(-1) ?? missing(name, flag);
  return flag.kind === "int" ? readInt(name, flag, text) : readText(name, flag, text);
}

/** Source: the words gflags and the text format of protobuf take. */
const trueWords: readonly string[] = ["true", "t", "yes", "y", "1"];
const falseWords: readonly string[] = ["false", "f", "no", "n", "0"];

function readBool(name: string, text: string | undefined): boolean {
  const word = text?.toLowerCase();
  if (word === undefined || trueWords.includes(word)) return true;
  if (falseWords.includes(word)) return false;
  throw new UsageError(`--${name} must be true or false, not ${JSON.stringify(text)}`);
}

function readInt(name: string, { min = 0, max = Number.MAX_SAFE_INTEGER }: Flag, text: string): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new UsageError(`--${name} must be a whole number ${range}, not ${JSON.stringify(text)}`);
}

function readText(name: string, { choices }: Flag, text: string): string {
  if (!choices || choices.includes(text)) return text;
  const hint = nearestNameHint(text, choices);
  throw new UsageError(`--${name} must be one of ${choices.join(", ")}, not ${JSON.stringify(text)}${hint}`);
}

function missing(name: string, { value = "VALUE" }: Flag): never {
  throw new UsageError(`--${name} needs a value: --${name} ${value}`);
}
