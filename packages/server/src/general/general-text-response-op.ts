import type { GeneralBlob } from "@paddlewheel/core";
import type { GeneralTensor, ModelOutput } from "@paddlewheel/wire";
import { GeneralResponseOp } from "./general-response-op.js";
import { cropSequences, isPadded } from "./padded-sequences.js";

/**
 * The counterpart of GeneralTextReaderOp: tensors padded to `[sequences, longest, ...]` leave as rows one after the
 * other without the padding, with `lod` telling where sequences begin.
 */
export class GeneralTextResponseOp extends GeneralResponseOp {
  static override readonly type: string = "GeneralTextResponseOp";

  protected override modelOutput(
    engineName: string,
    blob: Readonly<GeneralBlob>,
    fetch: readonly string[],
  ): ModelOutput {
    const { tensors } = super.modelOutput(engineName, blob, fetch);
    return { engineName, tensors: tensors.map((tensor) => crop(tensor, blob.sequences.get(tensor.name))) };
  }
}

/** An Op on the way may have put a tensor of another shape in the place of the padded one: that leaves as it is. */
function crop(tensor: GeneralTensor, offsets: readonly number[] | undefined): GeneralTensor {
  if (!offsets || !isPadded(tensor, offsets)) return tensor;
  return { ...tensor, ...cropSequences(tensor, offsets) };
}
