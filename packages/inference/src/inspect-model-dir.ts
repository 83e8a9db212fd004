import type { ModelSummary } from "@paddlewheel/onnx";
import { findOnnxFile } from "./onnx/model-folder.js";
import { modelBytes, modelFiles, readOnnxModel } from "./onnx/read-onnx-model.js";

/** What a model folder holds, as far as it can be told without loading the model. */
export interface ModelInspection extends ModelSummary {
  readonly file: string;
  /** Size on disk, external data included. */
  readonly bytes: number;
}

/**
 * Inspects a model folder as an engine would before it loads it.
 * @throws Error that says why an engine would refuse it.
 */
export async function inspectModelDir(modelDir: string): Promise<ModelInspection> {
  const file = await findOnnxFile(modelDir);
  const summary = await readOnnxModel(file);
  return { ...summary, file, bytes: await modelBytes(modelFiles(file, summary)) };
}
