import { dtypeTable, type TensorData } from "./dtype.js";
import type { Tensor } from "./tensor.js";

/** `count` rows from row `begin` on, as a view (strings are copied); lod is not kept. */
export function sliceRows({ dtype, shape, data }: Tensor, begin: number, count: number): Tensor {
  const rowSize = shape[0] ? data.length / shape[0] : 0;
  const start = begin * rowSize;
  const end = start + count * rowSize;
  const part = ArrayBuffer.isView(data) ? data.subarray(start, end) : data.slice(start, end);
  return { dtype, shape: [count, ...shape.slice(1)], data: part };
}

/**
 * The rows of all parts in one new tensor. The parts must have one dtype and agree in the sizes behind the first axis,
 * which the caller has checked; lod is not kept.
 */
export function concatRows(parts: readonly [Tensor, ...Tensor[]]): Tensor {
  const [{ dtype, shape }] = parts;
  const rows = parts.reduce((sum, part) => sum + (part.shape[0] ?? 0), 0);
  return { dtype, shape: [rows, ...shape.slice(1)], data: concatData(parts) };
}

function concatData(parts: readonly [Tensor, ...Tensor[]]): TensorData {
  const { arrayType } = dtypeTable[parts[0].dtype];
  if (!arrayType) return parts.flatMap(({ data }) => data as readonly string[]);
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  const data = new arrayType(length);
  let offset = 0;
  for (const part of parts) {
    // Safe: all parts are of one dtype.
    data.set(part.data as never, offset);
    offset += part.data.length;
  }
  return data;
}
