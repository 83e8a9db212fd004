import type { TensorData } from "@paddlewheel/core";

/** Rows in an array: where a copy comes from or goes to. */
export interface Block {
  readonly data: TensorData | string[];
  /** Sizes per axis, rows first. */
  readonly shape: readonly number[];
  /** Of the first row, in array elements. */
  readonly offset: number;
  /** Array elements per tensor element. */
  readonly stride: number;
}

/**
 * Copies rows between arrays of one element type whose inner axes may differ: of each axis as much as both have. Into
 * larger rows it pads, into smaller ones it cuts back.
 */
export function copyBlock(from: Block, to: Block): void {
  copyAxis({ from, to }, { axis: 0, start: from.offset, target: to.offset });
}

interface Place {
  readonly axis: number;
  /** Offset in the source. */
  readonly start: number;
  /** Offset in the target. */
  readonly target: number;
}

function copyAxis(copy: { readonly from: Block; readonly to: Block }, { axis, start, target }: Place): void {
  const { from, to } = copy;
  const count = Math.min(from.shape[axis] ?? 1, to.shape[axis] ?? 1);
  const fromStep = stepOf(from, axis);
  const toStep = stepOf(to, axis);
  if (isSameBehind(from.shape, to.shape, axis)) {
    copyRun(from.data, to.data, { start, target, length: count * fromStep });
    return;
  }
  for (let i = 0; i < count; i++) {
    copyAxis(copy, { axis: axis + 1, start: start + i * fromStep, target: target + i * toStep });
  }
}

/** Elements up to which a loop is faster than a view on them and a copy of that. */
const maxLooped = 32;

export interface Run {
  /** Where it begins in the source. */
  readonly start: number;
  /** Where it begins in the target. */
  readonly target: number;
  /** In array elements. */
  readonly length: number;
}

/** Copies what lies end to end in both arrays, which are of one element type. */
export function copyRun(from: Block["data"], to: Block["data"], { start, target, length }: Run): void {
  if (length > maxLooped && ArrayBuffer.isView(from) && ArrayBuffer.isView(to)) {
    to.set(from.subarray(start, start + length) as never, target);
    return;
  }
  // Safe: both are of one dtype.
  const elements = to as (typeof from)[number][];
  for (let i = 0; i < length; i++) elements[target + i] = from[start + i] ?? 0;
}

/** Array elements from one index of the axis to the next. */
function stepOf({ shape, stride }: Block, axis: number): number {
  let step = stride;
  for (let inner = axis + 1; inner < shape.length; inner++) step *= shape[inner] ?? 1;
  return step;
}

function isSameBehind(a: readonly number[], b: readonly number[], axis: number): boolean {
  for (let inner = axis + 1; inner < a.length; inner++) {
    if (a[inner] !== b[inner]) return false;
  }
  return true;
}
