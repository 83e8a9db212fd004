import { dtypeTable } from "../tensor/dtype.js";
import { describeType } from "./describe-type.js";
import { decoderOf, elementsOf } from "./elements.js";
import type { OutputPath } from "./field-path.js";
import { unusable } from "./read-field-path.js";

/** What is compared. */
export type Scalar = number | bigint | string | boolean;

export type ScalarType = "number" | "string" | "boolean";

/** Numbers compare with one another whatever holds them. */
export function scalarType(value: Scalar): ScalarType {
  const type = typeof value;
  return type === "bigint" ? "number" : (type as ScalarType);
}

/**
 * The value at a path as one scalar; a tensor or list of one element stands for that element.
 * @throws ServeError when it is of another kind, or has no or several elements.
 */
export function scalarOf(value: unknown, path: OutputPath): Scalar {
  if (isScalar(value)) return value;
  const elements = elementsOf(value);
  if (!elements) throw notScalar(path, value);
  const { values, dtype, count } = elements;
  if (count !== 1) throw notSingle(path, count);
  const element = values[0];
  if (dtype === "bool") return element !== 0;
  const isComplex = dtype !== undefined && dtypeTable[dtype].arrayStride > 1;
  if (isComplex || !isScalar(element)) throw notScalar(path, isComplex ? value : element);
  const decode = decoderOf(dtype);
  return decode ? decode(Number(element)) : element;
}

function isScalar(value: unknown): value is Scalar {
  const type = typeof value;
  return type === "number" || type === "string" || type === "boolean" || type === "bigint";
}

function notScalar(path: OutputPath, value: unknown): Error {
  const message = `"${path.text}" is ${describeType(value)}, must be a number, a string or a boolean`;
  return unusable(path, message);
}

function notSingle(path: OutputPath, count: number): Error {
  const { text } = path;
  const choices =
    count === 0
      ? `guard it with size(${text}) > 0`
      : `choose with min(${text}), max(), sum(), mean(), size() or an index, ${text}[0]`;
  return unusable(path, `"${text}" has ${count} elements where one is needed: ${choices}`);
}
