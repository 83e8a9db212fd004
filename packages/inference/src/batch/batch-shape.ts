import type { Tensor, TensorData, TensorMap } from "@paddlewheel/core";
import type { BatchLayout } from "./batch-layout.js";

/** Elements a row may grow by however small it is. Source: Paddle Serving's rule for padding. */
const maxAddedElements = 1024;

/** Share of a padded row that must be the request's own. Source: Paddle Serving's rule for padding. */
const minSimilarity = 0.5;

/** What one row input of the batch has come to. */
interface Column {
  readonly name: string;
  /** Largest size of each axis so far; the first one means nothing. */
  readonly shape: readonly number[];
  /** Elements of the smallest row so far: the one that grows most. */
  readonly smallest: number;
}

/**
 * The shape a batch takes as requests join it. They join when they agree in everything behind the first axis or, where
 * padding is allowed, as long as every row of the batch stays at least half its own or grows by at most 1024 elements.
 *
 * Paddle Serving means the same rule, but rounds the share so that every request may join, and looks only at the
 * request that joins, so that many small steps lead as far as a large one.
 */
export class BatchShape {
  readonly #layout: BatchLayout;
  readonly #first: TensorMap;
  readonly #isPadding: boolean;
  #columns: readonly Column[];

  constructor(layout: BatchLayout, first: TensorMap, isPadding: boolean) {
    this.#layout = layout;
    this.#first = first;
    this.#isPadding = isPadding;
    this.#columns = layout.rowInputs.map((name) => {
      const shape = first.get(name)?.shape ?? [];
      return { name, shape, smallest: rowElements(shape) };
    });
  }

  /** Takes a request in when it fits; else the batch stays as it is. */
  join(inputs: TensorMap): boolean {
    for (const name of this.#layout.sharedInputs) {
      if (!isSameTensor(this.#first.get(name), inputs.get(name))) return false;
    }
    return this.#hasRows(inputs) || (this.#isPadding && this.#widen(inputs));
  }

  #hasRows(inputs: TensorMap): boolean {
    for (const { name, shape } of this.#columns) {
      if (!isSameRow(shape, inputs.get(name)?.shape)) return false;
    }
    return true;
  }

  #widen(inputs: TensorMap): boolean {
    const widened: Column[] = [];
    for (const { name, shape, smallest } of this.#columns) {
      const own = inputs.get(name)?.shape;
      if (own?.length !== shape.length) return false;
      const wide = shape.map((size, axis) => Math.max(size, own[axis] ?? 0));
      const least = Math.min(smallest, rowElements(own));
      if (!isWorthPadding(least, rowElements(wide))) return false;
      widened.push({ name, shape: wide, smallest: least });
    }
    this.#columns = widened;
    return true;
  }
}

/** Elements of one row. */
export function rowElements(shape: readonly number[]): number {
  let count = 1;
  for (let axis = 1; axis < shape.length; axis++) count *= shape[axis] ?? 1;
  return count;
}

/** Whether two tensors agree in everything behind the first axis. */
export function isSameRow(shape: readonly number[], other: readonly number[] | undefined): boolean {
  if (other?.length !== shape.length) return false;
  for (let axis = 1; axis < shape.length; axis++) {
    if (shape[axis] !== other[axis]) return false;
  }
  return true;
}

function isWorthPadding(own: number, padded: number): boolean {
  return padded - own <= maxAddedElements || own / padded >= minSimilarity;
}

function isSameTensor(a: Tensor | undefined, b: Tensor | undefined): boolean {
  if (!a || !b || a.shape[0] !== b.shape[0] || !isSameRow(a.shape, b.shape)) return false;
  return isSameData(a.data, b.data);
}

/** By bytes: numbers that are equal may still differ, as 0 and -0 do. */
function isSameData(a: TensorData, b: TensorData): boolean {
  if (a === b) return true;
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b)) {
    return a.length === b.length && a.every((text, i) => text === b[i]);
  }
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
