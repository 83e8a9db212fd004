import type { CoreFactory, ModelFiles } from "../core/fluid-family-core.js";
import { composeModel } from "./compose-model.js";
import { hostTraits } from "./host-traits.js";
import { findOnnxFile } from "./model-folder.js";
import { isPatchFolder } from "./patch-chain.js";
import { modelBytes, modelFiles, readOnnxModel } from "./read-onnx-model.js";
import { findSealedModel } from "./sealed-model.js";
import { canPrepare, graphTraits } from "./session-options.js";

/** Models as .onnx files, on ONNX Runtime. */
export const onnxCoreFactory: CoreFactory = {
  module: new URL("./onnx-core-module.js", import.meta.url).href,
  async findModel(modelDir, { isEncrypted, makeScratch }) {
    if (isEncrypted) return findSealedModel(modelDir);
    if (!(await isPatchFolder(modelDir))) return inspectFiles(await findOnnxFile(modelDir));
    const { file, release } = await composeModel(modelDir, makeScratch);
    try {
      return { ...(await inspectFiles(file)), release };
    } catch (thrown) {
      await release();
      throw thrown;
    }
  },
  async preparedTraits(session) {
    return canPrepare(session) ? [await hostTraits(), graphTraits(session)] : undefined;
  },
};

async function inspectFiles(dataPath: string): Promise<ModelFiles> {
  const files = modelFiles(dataPath, await readOnnxModel(dataPath));
  return { dataPath, files, bytes: await modelBytes(files) };
}
