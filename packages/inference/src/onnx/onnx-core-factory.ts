import type { CoreFactory } from "../core/fluid-family-core.js";
import { findOnnxFile } from "./model-folder.js";
import { modelBytes, readOnnxModel } from "./read-onnx-model.js";

/** Models as .onnx files, on ONNX Runtime. */
export const onnxCoreFactory: CoreFactory = {
  module: new URL("./onnx-core.js", import.meta.url).href,
  async findModel(modelDir) {
    const dataPath = await findOnnxFile(modelDir);
    return { dataPath, bytes: await modelBytes(dataPath, await readOnnxModel(dataPath)) };
  },
};
