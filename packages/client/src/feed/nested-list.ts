import {
  Code,
  type DType,
  dtypeTable,
  numberToBfloat16,
  numberToFloat16,
  ServeError,
  type TensorData,
  tensorLimits,
} from "@paddlewheel/core/message";

/** A tensor as lists in lists, one level per axis. */
export type NestedList = number | bigint | boolean | string | readonly NestedList[];

export interface FlatList {
  readonly shape: readonly number[];
  readonly elements: readonly unknown[];
}

/** @throws ServeError invalidArgument for lists of unequal length or of too many levels. */
export function flattenList(value: NestedList, what: string, depth = 0): FlatList {
  if (!Array.isArray(value)) return { shape: [], elements: [value] };
  if (depth >= tensorLimits.maxRank) {
    throw invalid(what, `lists are nested more than ${tensorLimits.maxRank} deep`);
  }
  if (!value.some(Array.isArray)) return { shape: [value.length], elements: value };
  const parts = value.map((part: NestedList) => flattenList(part, what, depth + 1));
  const inner = parts[0]?.shape ?? [];
  const hasOneShape = parts.every(({ shape }) => shape.join() === inner.join());
  if (!hasOneShape) throw invalid(what, "lists of one level must have one length");
  return { shape: [value.length, ...inner], elements: parts.flatMap(({ elements }) => elements) };
}

/** @throws ServeError invalidArgument for an element the type cannot hold. */
export function arrayOfElements(dtype: DType, elements: readonly unknown[], what: string): TensorData {
  const { arrayType, arrayStride } = dtypeTable[dtype];
  if (arrayStride !== 1) throw invalid(what, `${dtype} values must be given as a Tensor`);
  if (!arrayType) return elements.map((element) => textOf(element, what));
  const array = new arrayType(elements.length);
  for (const [i, element] of elements.entries()) {
    const value = numberOf(dtype, element, `${what}[${i}]`);
    array[i] = value as never;
    const mustBeExact = !isFloat(dtype);
    if (mustBeExact && array[i] !== value) throw invalid(`${what}[${i}]`, `${value} does not fit ${dtype}`);
  }
  return array;
}

function isFloat(dtype: DType): boolean {
  return dtype.includes("float");
}

function numberOf(dtype: DType, element: unknown, what: string): number | bigint {
  if (dtype === "int64") return int64Of(element, what);
  if (dtype === "bool" && typeof element === "boolean") return element ? 1 : 0;
  if (typeof element !== "number") throw invalid(what, `a ${typeof element} is no ${dtype}`);
  if (dtype === "bool" && element !== 0 && element !== 1) throw invalid(what, `${element} is no bool`);
  if (dtype === "float16") return numberToFloat16(element);
  if (dtype === "bfloat16") return numberToBfloat16(element);
  return element;
}

function int64Of(element: unknown, what: string): bigint {
  if (typeof element === "bigint") return element;
  if (typeof element === "number" && Number.isSafeInteger(element)) return BigInt(element);
  throw invalid(what, `${String(element)} is no int64 that a number holds exactly; pass a bigint`);
}

function textOf(element: unknown, what: string): string {
  if (typeof element === "string") return element;
  throw invalid(what, `a ${typeof element} is no string`);
}

function invalid(what: string, message: string): ServeError {
  return new ServeError(Code.invalidArgument, `${what}: ${message}`);
}
