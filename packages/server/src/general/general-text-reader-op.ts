import { Code, checkTensor, dtypeTable, ServeError, type Tensor } from "@paddlewheel/core";
import type { GeneralRequest } from "@paddlewheel/wire";
import { GeneralReaderOp } from "./general-reader-op.js";

/**
 * A reader for models of sequences: each ragged tensor of the request, rows one after the other with `lod` telling where
 * sequences begin, becomes a dense `[sequences, longest, ...]` tensor, padded with zeros at the end of each sequence.
 * The offsets stay with the tensor. A tensor without `lod` of one axis is one sequence; others pass as they are.
 */
export class GeneralTextReaderOp extends GeneralReaderOp {
  static override readonly type: string = "GeneralTextReaderOp";

  protected override read(request: GeneralRequest): Map<string, Tensor> {
    const tensors = super.read(request);
    for (const [name, tensor] of tensors) {
      const offsets = tensor.lod?.[0] ?? (tensor.shape.length === 1 ? [0, tensor.shape[0] ?? 0] : undefined);
      if (offsets) tensors.set(name, padSequences(name, tensor, offsets));
    }
    return tensors;
  }
}

/** @throws ServeError invalidArgument when the offsets do not cover the rows, or the tensor holds strings. */
function padSequences(name: string, tensor: Tensor, offsets: readonly number[]): Tensor {
  const { arrayType } = dtypeTable[tensor.dtype];
  const [rows = 0, ...inner] = tensor.shape;
  if (!arrayType || typeof tensor.data[0] === "string") {
    throw new ServeError(
      Code.invalidArgument,
      `tensor "${name}": sequences of ${tensor.dtype} cannot be padded`,
    );
  }
  if (offsets.at(-1) !== rows) {
    throw new ServeError(
      Code.invalidArgument,
      `tensor "${name}": lod ends at ${offsets.at(-1)}, the tensor has ${rows} rows`,
    );
  }
  const lengths = offsets.slice(1).map((end, i) => end - (offsets[i] ?? 0));
  const longest = Math.max(0, ...lengths);
  const shape = [lengths.length, longest, ...inner];
  const rowSize = rows === 0 ? 0 : tensor.data.length / rows;
  const data = new arrayType(lengths.length * longest * rowSize);
  for (const [i, length] of lengths.entries()) {
    const start = (offsets[i] ?? 0) * rowSize;
    const part = tensor.data.slice(start, start + length * rowSize);
    data.set(part as never, i * longest * rowSize);
  }
  const padded: Tensor = { dtype: tensor.dtype, shape, data, lod: [offsets] };
  checkTensor(name, padded);
  return padded;
}
