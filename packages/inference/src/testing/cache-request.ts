import { defaultSessionConf } from "@paddlewheel/core";
import type { CacheRequest } from "../cache/model-cache.js";
import { scratchFolders } from "../cache/scratch-folder.js";
import { onnxCoreFactory } from "../onnx/onnx-core-factory.js";

/** What an engine asks the cache for when it loads the model of a folder. */
export async function cacheRequest(
  modelDir: string,
  changes: Partial<CacheRequest> = {},
): Promise<CacheRequest> {
  const {
    dataPath,
    bytes,
    files = [],
  } = await onnxCoreFactory.findModel(modelDir, {
    isEncrypted: false,
    makeScratch: scratchFolders(undefined),
  });
  const session = changes.session ?? defaultSessionConf;
  const traits = (await onnxCoreFactory.preparedTraits?.(session)) ?? [];
  const { module } = onnxCoreFactory;
  return { engine: "e", module, dataPath, bytes, files, traits, session, model: undefined, ...changes };
}
