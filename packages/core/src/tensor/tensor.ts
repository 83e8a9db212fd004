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
  if (shape.length > tensorLimits.maxRank) {
    throw invalid(`${what}: shape has ${shape.length} axes, at most ${tensorLimits.maxRank} are allowed`);
  }
  let count = 1;
  for (let axis = 0; axis < shape.length; axis++) {
    const size = shape[axis] ?? 0;
    if (!Number.isInteger(size) || size < 0 || size > tensorLimits.maxDim) {
      throw invalid(
        `${what}: shape[${axis}] is ${size}, must be a whole number from 0 to ${tensorLimits.maxDim}`,
      );
    }
    count *= size;
  }
  if (count > tensorLimits.maxElements) {
    throw invalid(
      `${what}: shape [${shape.join(", ")}] has ${count} elements, at most ${tensorLimits.maxElements} are allowed`,
    );
  }
  return count;
}

/**
 * Checks that a tensor is what it says: a legal shape, an array of its element type, and as many elements as the shape asks.
 * @throws ServeError invalidArgument naming the tensor.
 */
export function checkTensor(name: string, tensor: Tensor): void {
  const what = `tensor "${name}"`;
  const count = elementCount(tensor.shape, what);
  const { arrayType, arrayStride } = dtypeTable[tensor.dtype];
  const isRightArray = arrayType ? tensor.data instanceof arrayType : Array.isArray(tensor.data);
  if (!isRightArray) throw invalid(`${what}: data is not an array of ${tensor.dtype}`);
  const given = tensor.data.length / arrayStride;
  if (given !== count) {
    throw invalid(
      `${what}: shape [${tensor.shape.join(", ")}] wants ${count} elements, the data has ${given}`,
    );
  }
  if (tensor.lod) checkLod(what, tensor.lod, tensor.shape);
}

function checkLod(what: string, lod: readonly (readonly number[])[], shape: readonly number[]): void {
  const [rows] = shape;
  if (rows === undefined && lod.length > 0) {
    throw invalid(`${what}: shape [] has no rows, a tensor with lod needs at least one axis`);
  }
  for (const [level, offsets] of lod.entries()) checkOffsets(`${what}: lod level ${level}`, offsets);
  for (const [level, offsets] of lod.entries()) {
    const inner = lod[level + 1];
    const end = inner ? inner.length - 1 : rows;
    if (offsets.at(-1) === end) continue;
    const meaning = inner ? `the sequences of level ${level + 1}` : `the rows of shape [${shape.join(", ")}]`;
    throw invalid(`${what}: lod level ${level} ends at ${offsets.at(-1)}, must end at ${end}, ${meaning}`);
  }
}

function checkOffsets(what: string, offsets: readonly number[]): void {
  const rises = offsets.every((offset, i) => i === 0 || offset >= (offsets[i - 1] ?? 0));
  if (offsets[0] !== 0 || !rises) throw invalid(`${what} must start with 0 and never fall`);
  if (!offsets.every(Number.isInteger)) throw invalid(`${what} must hold whole numbers`);
}

function invalid(message: string): ServeError {
  return new ServeError(Code.invalidArgument, message);
}
