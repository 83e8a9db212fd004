import { join } from "node:path";
import type { ModelSummary } from "@paddlewheel/onnx";
import { findOnnxFile } from "./onnx/model-folder.js";
import { modelBytes, modelFiles, readOnnxModel } from "./onnx/read-onnx-model.js";
import { listVersions } from "./version/version-scanner.js";

/** What a model folder holds, as far as it can be told without loading the model. */
export interface ModelInspection extends ModelSummary {
  readonly file: string;
  /** Size on disk, external data included. */
  readonly bytes: number;
}

/**
 * Inspects a model folder as an engine would before it loads it; of one with versions the highest.
 * @throws Error that says why an engine would refuse it.
 */
export async function inspectModelDir(modelDir: string): Promise<ModelInspection> {
  // A folder that cannot be listed has no versions; whoever looks for its model says why.
  const versions = await listVersions(modelDir).catch(() => []);
  const file = await findOnnxFile(join(modelDir, versions.at(-1) ?? ""));
  const summary = await readOnnxModel(file);
  return { ...summary, file, bytes: await modelBytes(modelFiles(file, summary)) };
}
