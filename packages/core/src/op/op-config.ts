import type { Fault } from "../fault.js";
import { nearestNameHint } from "../nearest-name.js";
import { quoteValue } from "../quote-value.js";

/** Declares the options of an Op: name → one kind with its default. */
export type ConfigDeclaration = Readonly<Record<string, ConfigField>>;

/** `{ int32: 5 }`: the kind and the default, which every option must have. */
export type ConfigField =
  | { readonly int32: number }
  | { readonly double: number }
  | { readonly bool: boolean }
  | { readonly string: string };

type ValueOf<F> = F extends { int32: number } | { double: number }
  ? number
  : F extends { bool: boolean }
    ? boolean
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
  for (const [name, field] of Object.entries(declaration)) config[name] = Object.values(field)[0];
  for (const [name, value] of Object.entries(values)) {
    const field = Object.hasOwn(declaration, name) ? declaration[name] : undefined;
    const read = field ? readValue(field, value) : undefined;
    if (!field) {
      const message = `no option named "${name}"${nearestNameHint(name, Object.keys(declaration))}`;
      faults.push({ path: ["config", name], message });
    } else if (read === undefined) {
      const kind = Object.keys(field)[0];
      faults.push({ path: ["config", name], message: `${quoteValue(value)} is not of the kind ${kind}` });
    } else {
      config[name] = read;
    }
  }
  return { config, faults };
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
