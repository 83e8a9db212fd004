import type { DType, Tensor, TensorData, TensorMap, TypedArray } from "@paddlewheel/core";
import { dtypeTable, numberToBfloat16, numberToFloat16, sliceRows } from "@paddlewheel/core/model";
import { type BatchLayout, countRows } from "./batch-layout.js";
import { isSameRow, rowElements } from "./batch-shape.js";
import { copyBlock, copyRun } from "./copy-block.js";

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
  const sources = parts.map(({ inputs }) => inputs.get(name) ?? missing(name));
  const { dtype, shape: first } = sources[0] ?? missing(name);
  const isRagged = sources.some((source) => !isSameRow(first, source.shape));
  const shape = [countRows(parts), ...(isRagged ? widest(sources) : first).slice(1)];
  const { arrayStride: stride } = dtypeTable[dtype];
  const rowSize = rowElements(shape) * stride;
  const data = newData(dtype, rowSize * (shape[0] ?? 0), options.allocate);
  if (isRagged) fill(dtype, data, options.padValue ?? 0);
  let offset = 0;
  for (let i = 0; i < parts.length; i++) {
    const { begin = 0, rows = 0 } = parts[i] ?? {};
    const source = sources[i] ?? missing(name);
    const length = rows * rowSize;
    if (isRagged) {
      const start = begin * rowElements(source.shape) * stride;
      const own = { data: source.data, shape: [rows, ...source.shape.slice(1)], offset: start, stride };
      copyBlock(own, { data, shape, offset, stride });
    } else copyRun(source.data, data, { start: begin * rowSize, target: offset, length });
    offset += length;
  }
  return { dtype, shape, data };
}

function missing(name: string): never {
  throw new Error(`a request of the batch has no input "${name}"`);
}

/** Along every axis as large as the largest. */
function widest(sources: readonly Tensor[]): readonly number[] {
  const [first, ...others] = sources.map(({ shape }) => shape);
  const widen = (size: number, axis: number) =>
    others.reduce((largest, shape) => Math.max(largest, shape[axis] ?? 0), size);
  return (first ?? []).map(widen);
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
