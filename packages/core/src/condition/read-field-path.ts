import { Code } from "../code.js";
import { startupOp } from "../dag/workflow-conf.js";
import { GeneralBlob } from "../op/general-blob.js";
import { ServeError } from "../serve-error.js";
import type { Tensor } from "../tensor/tensor.js";
import { isList, isTensor, rowAt } from "./elements.js";
import { createFieldPath, type FieldName, type OutputPath, type PathStep } from "./field-path.js";
import { explainMissing } from "./missing-field.js";

/** Gives the output of a node or, as `startup_op`, the request; undefined when it is absent. */
export type ReadOutput = (name: string) => unknown;

/**
 * The value at a path: tensors of a GeneralBlob by name or alias, entries of a Map, own properties of any other object by
 * the name as written or in camelCase, elements of a list and rows of a tensor by index, from the end when negative.
 * @throws ServeError when there is none, null included: invalidArgument in the request, opFailure in an Op's output.
 */
export function readFieldPath(path: OutputPath, output: ReadOutput): unknown {
  const { dependency, steps } = path;
  let value = output(dependency);
  if (value === undefined || value === null) {
    const guard = createFieldPath(dependency, []).text;
    throw unusable(path, `the output of "${dependency}" is absent: guard it with present(${guard})`);
  }
  let taken = 0;
  for (const step of steps) {
    const next = takeStep(value, step);
    if (next === undefined || next === null) throw missing(path, taken, value);
    value = next;
    taken++;
  }
  return value;
}

/** Whether `readFieldPath` has something to give. */
export function isFieldPresent(path: OutputPath, output: ReadOutput): boolean {
  let value = output(path.dependency);
  for (const step of path.steps) value = takeStep(value, step);
  return value !== undefined && value !== null;
}

/** The error of a value that cannot be used: its code says whether the caller or an Op gave it. */
export function unusable(path: OutputPath, message: string): ServeError {
  return new ServeError(path.dependency === startupOp ? Code.invalidArgument : Code.opFailure, message);
}

function takeStep(value: unknown, step: PathStep): unknown {
  if (typeof step === "number") {
    if (isList(value)) return value.at(step);
    return isTensor(value) ? rowAt(value, step) : undefined;
  }
  if (value instanceof GeneralBlob) return tensorOf(value, step.name);
  if (value instanceof Map) return value.get(step.name);
  return ownField(value, step);
}

function tensorOf(blob: GeneralBlob, name: string): Tensor | undefined {
  const tensor = blob.tensors.get(name);
  if (tensor) return tensor;
  const aliased = blob.vars?.find(({ aliasName }) => aliasName === name);
  return aliased && blob.tensors.get(aliased.name);
}

/** Own properties only: what all objects inherit is no data. */
function ownField(value: unknown, { name, camelName }: FieldName): unknown {
  if (typeof value !== "object" || value === null || isList(value)) return undefined;
  const fields = value as Record<string, unknown>;
  if (Object.hasOwn(fields, name)) return fields[name];
  return Object.hasOwn(fields, camelName) ? fields[camelName] : undefined;
}

/** `value` is what the first `taken` steps of the path gave, and has not what the next one wants. */
function missing(path: OutputPath, taken: number, value: unknown): ServeError {
  const { dependency, steps } = path;
  const textOf = (count: number): string => createFieldPath(dependency, steps.slice(0, count)).text;
  const step = steps[taken] ?? 0;
  const message = explainMissing({ holder: textOf(taken), wanted: textOf(taken + 1), step, value });
  return unusable(path, message);
}
