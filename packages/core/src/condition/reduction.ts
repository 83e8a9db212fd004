import { type DTypeInfo, dtypeTable } from "../tensor/dtype.js";
import { describeType } from "./describe-type.js";
import { decoderOf, elementsOf } from "./elements.js";
import type { OutputPath } from "./field-path.js";
import { unusable } from "./read-field-path.js";

type Numeric = number | bigint;

/** The numbers of a tensor or list, as they are kept. */
interface Numbers {
  readonly values: ArrayLike<Numeric>;
  /** What makes a kept value a number; undefined when it is one. */
  readonly decode: ((bits: number) => number) | undefined;
}

/** Makes one number of the tensor or list at a path. */
export type Reduction = (value: unknown, path: OutputPath) => Numeric;

/** By name in conditions. Sums are kept in double precision, and bool elements count as 0 and 1. */
export const reductions: ReadonlyMap<string, Reduction> = new Map<string, Reduction>([
  ["min", (value, path) => extreme(someNumbers("min", value, path), (a, b) => a < b)],
  ["max", (value, path) => extreme(someNumbers("max", value, path), (a, b) => a > b)],
  ["sum", (value, path) => total(numbersOf("sum", value, path))],
  ["mean", (value, path) => mean(someNumbers("mean", value, path))],
  ["size", size],
]);

/** The first element that no other is better than; NaN when there is one, wherever it stands. */
function extreme({ values, decode }: Numbers, isBetter: (a: Numeric, b: Numeric) => boolean): Numeric {
  let best: Numeric | undefined;
  for (let i = 0; i < values.length; i++) {
    const value = decode ? decode(Number(values[i])) : (values[i] ?? 0);
    if (best === undefined || isBetter(value, best) || Number.isNaN(value)) best = value;
  }
  return best ?? Number.NaN;
}

function total({ values, decode }: Numbers): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += decode ? decode(Number(values[i])) : Number(values[i]);
  return sum;
}

function mean(numbers: Numbers): number {
  return total(numbers) / numbers.values.length;
}

function size(value: unknown, path: OutputPath): number {
  const elements = elementsOf(value);
  if (elements) return elements.count;
  throw unusable(path, `"${path.text}" is ${describeType(value)}, size needs a tensor or a list`);
}

function someNumbers(name: string, value: unknown, path: OutputPath): Numbers {
  const numbers = numbersOf(name, value, path);
  if (numbers.values.length > 0) return numbers;
  throw unusable(path, `"${path.text}" is empty and has no ${name}: guard it with size(${path.text}) > 0`);
}

function numbersOf(name: string, value: unknown, path: OutputPath): Numbers {
  const elements = elementsOf(value);
  const needs = `${name} needs a tensor or list of numbers`;
  if (!elements) throw unusable(path, `"${path.text}" is ${describeType(value)}, ${needs}`);
  const { values, dtype } = elements;
  if (dtype !== undefined && !isNumeric(dtypeTable[dtype])) {
    throw unusable(path, `"${path.text}" is a tensor of ${dtype}, ${needs}`);
  }
  const stray = firstStray(values);
  if (stray === undefined) return { values: values as ArrayLike<Numeric>, decode: decoderOf(dtype) };
  throw unusable(path, `"${path.text}[${stray}]" is ${describeType(values[stray])}, ${needs}`);
}

/** Complex numbers have no order, strings no sum. */
function isNumeric({ arrayType, arrayStride }: DTypeInfo): boolean {
  return arrayType !== undefined && arrayStride === 1;
}

/** Index of the first element that is no number; typed arrays hold nothing else. */
function firstStray(values: ArrayLike<unknown>): number | undefined {
  if (ArrayBuffer.isView(values)) return undefined;
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== "number" && typeof values[i] !== "bigint") return i;
  }
  return undefined;
}
