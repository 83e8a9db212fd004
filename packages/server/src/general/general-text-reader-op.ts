import type { Tensor } from "@paddlewheel/core";
import type { GeneralRequest } from "@paddlewheel/wire";
import { GeneralReaderOp, type ReadTensors } from "./general-reader-op.js";
import { padSequences, sequenceOffsets } from "./padded-sequences.js";

/**
 * A reader for models of sequences: each ragged tensor of the request, rows one after the other with `lod` telling where
 * sequences begin, becomes a dense `[sequences, longest, ...]` tensor, padded with zeros at the end of each sequence.
 * The blob keeps the offsets in `sequences`. Of several levels of `lod` the outermost counts. A tensor without `lod` of
 * one axis is one sequence; others pass as they are.
 */
export class GeneralTextReaderOp extends GeneralReaderOp {
  static override readonly type: string = "GeneralTextReaderOp";

  protected override read(request: GeneralRequest): ReadTensors {
    const { tensors } = super.read(request);
    const sequences = new Map<string, readonly number[]>();
    for (const [name, tensor] of tensors) {
      const offsets = sequenceOffsets(tensor.lod) ?? onlySequence(tensor);
      if (!offsets) continue;
      tensors.set(name, padSequences(name, tensor, offsets));
      sequences.set(name, offsets);
    }
    return { tensors, sequences };
  }
}

function onlySequence({ shape }: Tensor): readonly number[] | undefined {
  const [rows] = shape;
  return shape.length === 1 && rows !== undefined ? [0, rows] : undefined;
}
