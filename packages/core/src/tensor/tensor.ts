import { Code } from "../code.js";
import { ServeError } from "../serve-error.js";
import { type DType, dtypeTable, type TensorData } from "./dtype.js";

/**
 * A dense tensor, row-major. Nothing in it is copied when it is passed on: whoever holds a tensor it did not make
 * must treat `data` as read-only.
 */
export interface Tensor {
  readonly dtype: DType;
  /** Sizes per axis, the batch axis included; `[]` is a scalar. */
  readonly shape: readonly number[];
  /** `product(shape)` elements (twice as many numbers for the complex types). */
  readonly data: TensorData;
  /**
   * Level-of-detail offsets of a ragged tensor, outermost level first. Each level starts with 0; the innermost cuts the
   * rows and ends at `shape[0]`, each other cuts the sequences of the next level and ends at their number.
   */
  readonly lod?: readonly (readonly number[])[];
}

/** Tensors by name, in the order of their producer. */
export type TensorMap = ReadonlyMap<string, Tensor>;

/** Largest rank, axis and number of elements a tensor may have; more is refused before anything is allocated. */
export const tensorLimits = {
  /** Real models stay below 8; ONNX Runtime's own kernels stop earlier. */
  maxRank: 16,
  /** 2^31 - 1: indices inside ONNX Runtime kernels are often 32 bits. */
  maxDim: 2_147_483_647,
  /** 2^28: 1 GiB of float32. */
  maxElements: 268_435_456,
} as const;

/**
 * The number of elements of a shape.
 * @throws ServeError invalidArgument when the rank, an axis or the product is outside `tensorLimits`; `what` opens the message.
 */
export function elementCount(shape: readonly number[], what = "tensor"): number {
  const problem = shapeProblem(shape);
  if (problem !== undefined) throw invalid(`${what}: ${problem}`);
  return product(shape);
}

/**
 * Checks that a tensor is what it says: a legal shape, an array of its element type, and as many elements as the shape asks.
 * @throws ServeError invalidArgument naming the tensor.
 */
export function checkTensor(name: string, tensor: Tensor): void {
  const { shape, lod } = tensor;
  const problem = shapeProblem(shape) ?? dataProblem(tensor) ?? (lod && lodProblem(lod, shape));
  if (problem !== undefined) throw invalid(`tensor "${name}": ${problem}`);
}

function shapeProblem(shape: readonly number[]): string | undefined {
  const { maxRank, maxDim, maxElements } = tensorLimits;
  if (shape.length > maxRank) return `shape has ${shape.length} axes, at most ${maxRank} are allowed`;
  for (let axis = 0; axis < shape.length; axis++) {
    const size = shape[axis] ?? 0;
    if (Number.isInteger(size) && size >= 0 && size <= maxDim) continue;
    return `shape[${axis}] is ${size}, must be a whole number from 0 to ${maxDim}`;
  }
  const count = product(shape);
  if (count <= maxElements) return undefined;
  return `shape [${shape.join(", ")}] has ${count} elements, at most ${maxElements} are allowed`;
}

function product(shape: readonly number[]): number {
  let count = 1;
  for (let axis = 0; axis < shape.length; axis++) count *= shape[axis] ?? 0;
  return count;
}

function dataProblem({ dtype, shape, data }: Tensor): string | undefined {
  const { arrayType, arrayStride } = dtypeTable[dtype];
  const isRightArray = arrayType ? data instanceof arrayType : Array.isArray(data);
  if (!isRightArray) return `data is not an array of ${dtype}`;
  const count = product(shape);
  const given = data.length / arrayStride;
  return given === count
    ? undefined
    : `shape [${shape.join(", ")}] wants ${count} elements, the data has ${given}`;
}

function lodProblem(lod: readonly (readonly number[])[], shape: readonly number[]): string | undefined {
  const [rows] = shape;
  if (rows === undefined && lod.length > 0) {
    return "shape [] has no rows, a tensor with lod needs at least one axis";
  }
  for (const [level, offsets] of lod.entries()) {
    const problem = offsetsProblem(offsets);
    if (problem !== undefined) return `lod level ${level} ${problem}`;
  }
  for (const [level, offsets] of lod.entries()) {
    const inner = lod[level + 1];
    const end = inner ? inner.length - 1 : rows;
    if (offsets.at(-1) === end) continue;
    const meaning = inner ? `the sequences of level ${level + 1}` : `the rows of shape [${shape.join(", ")}]`;
    return `lod level ${level} ends at ${offsets.at(-1)}, must end at ${end}, ${meaning}`;
  }
  return undefined;
}

function offsetsProblem(offsets: readonly number[]): string | undefined {
  const rises = offsets.every((offset, i) => i === 0 || offset >= (offsets[i - 1] ?? 0));
  if (offsets[0] !== 0 || !rises) return "must start with 0 and never fall";
  return offsets.every(Number.isInteger) ? undefined : "must hold whole numbers";
}

function invalid(message: string): ServeError {
  return new ServeError(Code.invalidArgument, message);
}
