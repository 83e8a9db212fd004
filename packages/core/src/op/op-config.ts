import type { Fault } from "../fault.js";
import { nameHint } from "../nearest-name.js";
import { quoteNames, quoteValue } from "../quote-value.js";

/** Declares the options of an Op: name → one kind with its default. */
export type ConfigDeclaration = Readonly<Record<string, ConfigField>>;

/**
 * `{ int32: 5 }`: the kind and the default, which every option must have; `{ int32: 5, min: 1, max: 100 }` and
 * `{ string: "rgb", oneOf: ["rgb", "bgr"] }` say what is allowed.
 */
export type ConfigField =
  | ({ readonly int32: number } & NumberRange)
  | ({ readonly double: number } & NumberRange)
  | { readonly bool: boolean }
  | { readonly string: string; readonly oneOf?: readonly string[] };

interface NumberRange {
  readonly min?: number;
  readonly max?: number;
}

type ValueOf<F> = F extends { int32: number } | { double: number }
  ? number
  : F extends { bool: boolean }
    ? boolean
    : F extends { oneOf: readonly (infer Choice)[] }
      ? Choice
      : string;

/** The options object an Op with this declaration gets. */
export type ConfigOf<S> =
  S extends ConfigSchema<infer D> ? { readonly [K in keyof D]: ValueOf<D[K]> } : undefined;

export interface ConfigSchema<D extends ConfigDeclaration = ConfigDeclaration> {
  readonly declaration: D;
}

/** Declares an Op's options; assign it to the class's static `config` and read `this.config`. */
export function defineConfig<const D extends ConfigDeclaration>(declaration: D): ConfigSchema<D> {
  return { declaration };
}

/** The options of a node: conf values over defaults. Values may be text, as prototxt gives them, or already typed. */
export function readConfig(
  schema: ConfigSchema | undefined,
  values: Readonly<Record<string, unknown>>,
): { readonly config: Readonly<Record<string, unknown>>; readonly faults: readonly Fault[] } {
  const declaration = schema?.declaration ?? {};
  const faults: Fault[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(declaration)) config[name] = kindOf(field).standard;
  for (const [name, value] of Object.entries(values)) {
    const field = Object.hasOwn(declaration, name) ? declaration[name] : undefined;
    const read = field ? readValue(field, value) : undefined;
    const fault = field ? faultOf(field, value, read) : unknownOption(name, Object.keys(declaration));
    if (fault === undefined) config[name] = read;
    else faults.push({ path: ["config", name], message: fault });
  }
  return { config, faults };
}

/** What a value of an option must be, and its default. */
function kindOf(field: ConfigField): { readonly kind: string; readonly standard: unknown } {
  const int32 = "a whole number from -2147483648 to 2147483647";
  if ("int32" in field) return { kind: int32, standard: field.int32 };
  if ("double" in field) return { kind: "a finite number", standard: field.double };
  if ("bool" in field) return { kind: "true or false", standard: field.bool };
  return { kind: "a string", standard: field.string };
}

function unknownOption(name: string, known: readonly string[]): string {
  const hint = known.length > 0 ? nameHint(name, known) : ": the Op takes none, remove it";
  return `no option named ${quoteValue(name)}${hint}`;
}

/** What is wrong with a value that was read as `read`. */
function faultOf(field: ConfigField, value: unknown, read: unknown): string | undefined {
  if (read === undefined) return `must be ${kindOf(field).kind}, not ${quoteValue(value)}`;
  if ("string" in field) {
    const { oneOf } = field;
    const isAllowed = oneOf === undefined || oneOf.includes(read as string);
    return isAllowed ? undefined : `${quoteValue(value)} is not allowed, must be one of ${quoteNames(oneOf)}`;
  }
  if ("bool" in field) return undefined;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = field;
  const number = read as number;
  return number >= min && number <= max
    ? undefined
    : `${number} is out of range, must be ${rangeText(field)}`;
}

function rangeText({ min, max }: NumberRange): string {
  if (min === undefined) return `at most ${max}`;
  return max === undefined ? `at least ${min}` : `from ${min} to ${max}`;
}

function readValue(field: ConfigField, value: unknown): unknown {
  if ("string" in field) return typeof value === "string" ? value : undefined;
  // String() of a list of one is the text of its element, and must not pass for it.
  if (typeof value === "object") return undefined;
  const text = String(value).trim();
  if ("bool" in field) return text === "true" ? true : text === "false" ? false : undefined;
  const number = text === "" ? Number.NaN : Number(text);
  if ("int32" in field) return number === (number | 0) ? number : undefined;
  return Number.isFinite(number) ? number : undefined;
}
