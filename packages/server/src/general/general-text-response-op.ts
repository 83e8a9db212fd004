import { dtypeTable, type GeneralBlob, type Tensor } from "@paddlewheel/core";
import type { GeneralTensor, ModelOutput } from "@paddlewheel/wire";
import { GeneralResponseOp } from "./general-response-op.js";

/**
 * The counterpart of GeneralTextReaderOp: outputs that conf calls LoD tensors, dense as `[sequences, longest, ...]`,
 * leave as rows one after the other without the padding, with `lod` telling where sequences begin.
 */
export class GeneralTextResponseOp extends GeneralResponseOp {
  static override readonly type: string = "GeneralTextResponseOp";

  protected override modelOutput(
    engineName: string,
    blob: Readonly<GeneralBlob>,
    fetch: readonly string[],
  ): ModelOutput {
    const output = super.modelOutput(engineName, blob, fetch);
    return { engineName, tensors: output.tensors.map((tensor) => unpadSequences(tensor)) };
  }
}

function unpadSequences(tensor: GeneralTensor): GeneralTensor {
  const [offsets] = tensor.lod ?? [];
  const [sequences, longest = 0, ...inner] = tensor.shape;
  const { arrayType } = dtypeTable[tensor.dtype];
  if (!offsets || !arrayType || sequences !== offsets.length - 1 || tensor.shape.length < 2) return tensor;
  const rowSize = inner.reduce((size, axis) => size * axis, 1);
  const rows = offsets.at(-1) ?? 0;
  const data = new arrayType(rows * rowSize);
  for (let i = 0; i < sequences; i++) {
    const begin = offsets[i] ?? 0;
    const length = (offsets[i + 1] ?? begin) - begin;
    const start = i * longest * rowSize;
    data.set(tensor.data.slice(start, start + length * rowSize) as never, begin * rowSize);
  }
  const unpadded: Tensor = { dtype: tensor.dtype, shape: [rows, ...inner], data, lod: [offsets] };
  return { ...unpadded, name: tensor.name, aliasName: tensor.aliasName };
}
