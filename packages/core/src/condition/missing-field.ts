import { nameHint } from "../nearest-name.js";
import { GeneralBlob } from "../op/general-blob.js";
import { describeType } from "./describe-type.js";
import { isList, isTensor } from "./elements.js";
import type { PathStep } from "./field-path.js";

export interface MissingField {
  /** Path of the value that lacks the field, as text. */
  readonly holder: string;
  /** Path of the field. */
  readonly wanted: string;
  readonly step: PathStep;
  readonly value: unknown;
}

/** Why a value has not what a step of a path wants, and what it has. */
export function explainMissing({ holder, wanted, step, value }: MissingField): string {
  if (typeof step === "number") return explainIndex({ holder, wanted, step, value });
  if (typeof value !== "object" || value === null || isList(value)) {
    const remedy = isList(value) ? `: take one element, ${holder}[0]` : "";
    return `"${holder}" is ${describeType(value)} and has no fields${remedy}`;
  }
  const { name, camelName } = step;
  if (!(value instanceof GeneralBlob)) {
    const isNull = value instanceof Map ? value.has(name) : hasAny(value, [name, camelName]);
    if (isNull) return notSet(wanted);
  }
  const known = namesIn(value);
  return `"${holder}" has no ${value instanceof GeneralBlob ? "tensor" : "field"} "${name}"${nameHint(name, known)}`;
}

function explainIndex({ holder, wanted, step, value }: MissingField): string {
  if (isTensor(value))
    return `"${holder}" has the shape [${value.shape.join(", ")}], there is no row [${step}]`;
  if (!isList(value)) return `"${holder}" is ${describeType(value)}, only lists and tensors have an index`;
  const isOutside = Number(step) >= value.length || Number(step) < -value.length;
  if (isOutside) return `"${holder}" has ${value.length} elements, there is no [${step}]`;
  return notSet(wanted);
}

function notSet(wanted: string): string {
  return `"${wanted}" is not set: guard it with present(${wanted})`;
}

function hasAny(value: object, names: readonly string[]): boolean {
  return names.some((name) => Object.hasOwn(value, name));
}

/** Names looked at for a message: a caller may send objects of any size. */
const maxNames = 64;

function namesIn(value: object): string[] {
  if (value instanceof GeneralBlob) {
    const { tensors, vars = [] } = value;
    const aliased = vars.filter(({ name }) => tensors.has(name));
    return [...tensors.keys(), ...aliased.map(({ aliasName }) => aliasName)].slice(0, maxNames);
  }
  const names =
    value instanceof Map ? [...value.keys()].filter((key) => typeof key === "string") : Object.keys(value);
  return names.slice(0, maxNames);
}
