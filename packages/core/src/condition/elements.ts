import { type DType, dtypeTable } from "../tensor/dtype.js";
import { bfloat16ToNumber, float16ToNumber } from "../tensor/float16.js";
import { type Tensor, tensorLimits } from "../tensor/tensor.js";

/** A plain or typed array. */
export type List = ArrayLike<unknown> & { at(index: number): unknown };

/** The elements of a tensor in one row, or those of a list. */
export interface Elements {
  readonly values: ArrayLike<unknown>;
  /** Of the tensor; undefined for a list. */
  readonly dtype: DType | undefined;
  readonly count: number;
}

/** undefined when the value is neither a tensor nor a list. */
export function elementsOf(value: unknown): Elements | undefined {
  if (isList(value)) return { values: value, dtype: undefined, count: value.length };
  if (!isTensor(value)) return undefined;
  const { dtype, data } = value;
  return { values: data, dtype, count: data.length / dtypeTable[dtype].arrayStride };
}

export function isList(value: unknown): value is List {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** Looks closely, since a caller may send anything; only that shape and data agree is not asked. */
export function isTensor(value: unknown): value is Tensor {
  if (typeof value !== "object" || value === null) return false;
  const { dtype, shape, data } = value as Partial<Tensor>;
  if (typeof dtype !== "string" || !Object.hasOwn(dtypeTable, dtype)) return false;
  const { arrayType } = dtypeTable[dtype];
  const isRightArray = arrayType ? data instanceof arrayType : Array.isArray(data);
  if (!isRightArray || !Array.isArray(shape)) return false;
  return shape.length <= tensorLimits.maxRank && shape.every(Number.isInteger);
}

/** How the numbers of these types, which are kept as their bits, are read. */
const decoders: { readonly [T in DType]?: (bits: number) => number } = {
  float16: float16ToNumber,
  bfloat16: bfloat16ToNumber,
};

/** What turns a kept value into its number; undefined when they are the same. */
export function decoderOf(dtype: DType | undefined): ((bits: number) => number) | undefined {
  return dtype && decoders[dtype];
}

/** Row `index` of a tensor along its first axis, as a view; undefined when there is none. */
export function rowAt(tensor: Tensor, index: number): Tensor | undefined {
  const [rows = 0, ...shape] = tensor.shape;
  const row = index < 0 ? index + rows : index;
  if (row < 0 || row >= rows) return undefined;
  const width = tensor.data.length / rows;
  const [begin, end] = [row * width, (row + 1) * width];
  const data = ArrayBuffer.isView(tensor.data)
    ? tensor.data.subarray(begin, end)
    : tensor.data.slice(begin, end);
  return { dtype: tensor.dtype, shape, data };
}
