import type { DType, Tensor, TensorData, TensorMap, TypedArray } from "@paddlewheel/core";
import { dtypeTable, numberToBfloat16, numberToFloat16, sliceRows } from "@paddlewheel/core/model";
import type { BatchLayout } from "./batch-layout.js";
import { isSameRow, rowElements } from "./batch-shape.js";
import { copyBlock } from "./copy-block.js";

/** Some rows of a request. */
export interface RequestRows {
  readonly inputs: TensorMap;
  readonly begin: number;
  readonly rows: number;
}

/** Memory of at least so many bytes, whatever is in it. */
export type Allocate = (byteLength: number) => ArrayBuffer;

export interface MergeOptions {
  readonly layout: BatchLayout;
  /** Fills up rows of smaller inner shapes. */
  readonly padValue: number | undefined;
  readonly allocate: Allocate;
}

/**
 * The rows of several requests as inputs of one run, in that order; lod is not kept. Everything is copied once, what all
 * rows share too: the run may give its inputs away, and they must not be somebody's.
 */
export function mergeRows(parts: readonly RequestRows[], options: MergeOptions): TensorMap {
  const [first] = parts;
  const merged = new Map<string, Tensor>();
  for (const [name, tensor] of first?.inputs ?? []) {
    const isShared = options.layout.sharedInputs.includes(name);
    merged.set(name, isShared ? copyTensor(tensor, options.allocate) : mergeColumn(name, parts, options));
  }
  return merged;
}

/** Some rows of a request, as views. */
export function cutRows({ inputs, begin, rows }: RequestRows, { rowInputs }: BatchLayout): TensorMap {
  const cut = new Map(inputs);
  for (const name of rowInputs) {
    const tensor = inputs.get(name);
    if (tensor) cut.set(name, sliceRows(tensor, begin, rows));
  }
  return cut;
}

function copyTensor({ dtype, shape, data: original }: Tensor, allocate: Allocate): Tensor {
  const data = newData(dtype, original.length, allocate);
  const whole = { shape: [original.length], offset: 0, stride: 1 };
  copyBlock({ ...whole, data: original }, { ...whole, data });
  return { dtype, shape, data };
}

function mergeColumn(name: string, parts: readonly RequestRows[], options: MergeOptions): Tensor {
  const sources = parts.flatMap(({ inputs }) => inputs.get(name) ?? []);
  const dtype = sources[0]?.dtype ?? "float32";
  const shape = mergedShape(sources, parts);
  const { arrayStride: stride } = dtypeTable[dtype];
  const rowSize = rowElements(shape) * stride;
  const data = newData(dtype, rowSize * (shape[0] ?? 0), options.allocate);
  if (sources.some((source) => !isSameRow(shape, source.shape))) fill(dtype, data, options.padValue ?? 0);
  let offset = 0;
  for (const [i, { begin, rows }] of parts.entries()) {
    const source = sources[i];
    if (!source) continue;
    const start = begin * rowElements(source.shape) * stride;
    const own = { data: source.data, shape: [rows, ...source.shape.slice(1)], offset: start, stride };
    copyBlock(own, { data, shape, offset, stride });
    offset += rows * rowSize;
  }
  return { dtype, shape, data };
}

/** All rows, each as large as the largest along every axis. */
function mergedShape(sources: readonly Tensor[], parts: readonly RequestRows[]): readonly number[] {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const [first, ...others] = sources.map(({ shape }) => shape);
  const widest = (size: number, axis: number) =>
    others.reduce((largest, shape) => Math.max(largest, shape[axis] ?? 0), size);
  return (first ?? []).map((size, axis) => (axis === 0 ? rows : widest(size, axis)));
}

function newData(dtype: DType, length: number, allocate: Allocate): TensorData {
  const { arrayType } = dtypeTable[dtype];
  if (!arrayType) return new Array<string>(length).fill("");
  return new arrayType(allocate(length * arrayType.BYTES_PER_ELEMENT), 0, length);
}

/** What `pad_value` is in an element type: whole types drop the fraction, strings stay empty. */
function fill(dtype: DType, data: TensorData, value: number): void {
  if (data instanceof BigInt64Array) data.fill(BigInt(Math.trunc(value)));
  else if (dtype === "float16") (data as Uint16Array).fill(numberToFloat16(value));
  else if (dtype === "bfloat16") (data as Uint16Array).fill(numberToBfloat16(value));
  else if (ArrayBuffer.isView(data)) (data as Exclude<TypedArray, BigInt64Array>).fill(value);
}
