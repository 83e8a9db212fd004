import type { CoreFactory } from "../core/fluid-family-core.js";
import { hostTraits } from "./host-traits.js";
import { findOnnxFile } from "./model-folder.js";
import { modelBytes, modelFiles, readOnnxModel } from "./read-onnx-model.js";
import { canPrepare, graphTraits } from "./session-options.js";

/** Models as .onnx files, on ONNX Runtime. */
export const onnxCoreFactory: CoreFactory = {
  module: new URL("./onnx-core-module.js", import.meta.url).href,
  async findModel(modelDir) {
    const dataPath = await findOnnxFile(modelDir);
    const files = modelFiles(dataPath, await readOnnxModel(dataPath));
    return { dataPath, files, bytes: await modelBytes(files) };
  },
  async preparedTraits(session) {
    return canPrepare(session) ? [await hostTraits(), graphTraits(session)] : undefined;
  },
};
