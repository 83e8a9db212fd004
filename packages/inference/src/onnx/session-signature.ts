import type { ModelSignature, VarSignature } from "@paddlewheel/core";
import type { ModelSummary, ValueSummary } from "@paddlewheel/onnx";
import type { InferenceSession } from "onnxruntime-node";
import { anyAxes } from "../engine/axes.js";
import { isServable } from "./servable-types.js";

type ValueMetadata = InferenceSession.ValueMetadata;
type Metadata = Pick<InferenceSession, "inputMetadata" | "outputMetadata">;

/** Whether a session has values without axes, of which only the file tells whether they are scalars. */
export function hasUnclearRanks({ inputMetadata, outputMetadata }: Metadata): boolean {
  return [...inputMetadata, ...outputMetadata].some((value) => value.isTensor && value.shape.length === 0);
}

/**
 * What a loaded session takes and gives. The session knows more than the file, for it infers shapes; the file knows
 * one thing the session does not tell: whether `[]` is a scalar or an unknown rank.
 * @param summary may be left out unless `hasUnclearRanks`
 * @throws Error when the session has a value that cannot be served.
 */
export function sessionSignature(
  session: Metadata,
  summary: Pick<ModelSummary, "inputs" | "outputs"> = { inputs: [], outputs: [] },
): ModelSignature {
  return {
    inputs: session.inputMetadata.map((value) => variable(value, summary.inputs)),
    outputs: session.outputMetadata.map((value) => variable(value, summary.outputs)),
  };
}

function variable(value: ValueMetadata, declared: readonly ValueSummary[]): VarSignature {
  const { name } = value;
  if (!value.isTensor || !isServable(value.type)) throw new Error(`"${name}" cannot be served`);
  const isUnranked = declared.find((other) => other.name === name)?.shape === undefined;
  if (value.shape.length === 0 && isUnranked) return { name, dtype: value.type, shape: [anyAxes] };
  // A free axis without a name is called after the value, as the reader of model files does.
  const shape = value.shape.map((size, axis) => (size === "" ? `${name}_dim_${axis}` : size));
  return { name, dtype: value.type, shape };
}
