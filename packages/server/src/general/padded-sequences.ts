import { Code, dtypeTable, elementCount, ServeError, type Tensor } from "@paddlewheel/core";

/**
 * Largest padded tensor in elements. Padding multiplies: a request of 100 KB with one long sequence among thousands of
 * empty ones would else take gigabytes. 2^24 is 64 MiB of float32, the largest request that comes padded already.
 */
export const maxPaddedElements: number = 2 ** 24;

/** Where the outermost sequences of a ragged tensor begin, in rows, and at last where the rows end. */
export function sequenceOffsets(lod: Tensor["lod"]): readonly number[] | undefined {
  const [outermost, ...inner] = lod ?? [];
  return inner.reduce((offsets, level) => offsets?.map((i) => level[i] ?? 0), outermost);
}

/**
 * A ragged tensor, its rows cut at `offsets`, as a dense one of shape `[sequences, longest, ...]` with zeros at the end
 * of each sequence.
 * @throws ServeError invalidArgument when the tensor holds strings or gets larger than `maxPaddedElements`.
 */
export function padSequences(name: string, tensor: Tensor, offsets: readonly number[]): Tensor {
  const [, ...inner] = tensor.shape;
  const { dtype, data } = tensor;
  const { arrayType, arrayStride } = dtypeTable[dtype];
  if (!arrayType) throw invalid(`tensor "${name}": sequences of ${dtype} cannot be padded`);
  const longest = longestSequence(offsets);
  const shape = [offsets.length - 1, longest, ...inner];
  const padded = new arrayType(paddedCount(name, shape) * arrayStride);
  const rowSize = elementCount(inner) * arrayStride;
  for (const [i, begin] of offsets.slice(0, -1).entries()) {
    const rows = data.slice(begin * rowSize, (offsets[i + 1] ?? begin) * rowSize);
    padded.set(rows as never, i * longest * rowSize);
  }
  return { dtype, shape, data: padded };
}

/** Whether a tensor has the shape that padding sequences at `offsets` gives: `[sequences, longest, ...]`. */
export function isPadded({ shape }: Tensor, offsets: readonly number[]): boolean {
  return shape[0] === offsets.length - 1 && shape[1] === longestSequence(offsets);
}

/** The inverse of `padSequences`: rows one after the other, with `lod` telling where sequences begin. */
export function cropSequences({ dtype, shape, data }: Tensor, offsets: readonly number[]): Tensor {
  const [, longest = 0, ...inner] = shape;
  const rows = offsets.at(-1) ?? 0;
  const lod = [offsets];
  const { arrayType, arrayStride } = dtypeTable[dtype];
  const rowSize = elementCount(inner) * arrayStride;
  const pieces = offsets.slice(0, -1).map((begin, i) => {
    const start = i * longest * rowSize;
    return { begin, values: data.slice(start, start + ((offsets[i + 1] ?? begin) - begin) * rowSize) };
  });
  if (!arrayType) {
    return { dtype, shape: [rows, ...inner], data: pieces.flatMap(({ values }) => values as string[]), lod };
  }
  const cropped = new arrayType(rows * rowSize);
  for (const { begin, values } of pieces) cropped.set(values as never, begin * rowSize);
  return { dtype, shape: [rows, ...inner], data: cropped, lod };
}

function longestSequence(offsets: readonly number[]): number {
  return offsets.reduce((longest, end, i) => Math.max(longest, end - (offsets[i - 1] ?? 0)), 0);
}

function paddedCount(name: string, shape: readonly number[]): number {
  const count = elementCount(shape, `tensor "${name}" padded`);
  if (count <= maxPaddedElements) return count;
  const size = `[${shape.join(", ")}] has ${count} elements`;
  throw invalid(`tensor "${name}" padded: shape ${size}, at most ${maxPaddedElements} are allowed`);
}

function invalid(message: string): ServeError {
  return new ServeError(Code.invalidArgument, message);
}
