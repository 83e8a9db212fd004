export { defaultCacheDir } from "./cache/cache-folder.js";
export { type ModelCacheOptions, modelCacheLimits } from "./cache/model-cache.js";
export { engineTypes } from "./core/engine-types.js";
export type {
  CoreFactory,
  CoreModule,
  CoreOptions,
  CoreRegistry,
  FluidFamilyCore,
  ModelFiles,
  Preparation,
  PrepareRequest,
} from "./core/fluid-family-core.js";
export { CipherKey } from "./encrypt/cipher-key.js";
export {
  decryptModelDir,
  encryptModelDir,
  type FolderResult,
  type FolderTask,
} from "./encrypt/model-folders.js";
export { readKeyFile } from "./encrypt/read-key-file.js";
export { type ModelKeySource, readModelKey } from "./encrypt/resolve-key.js";
export { anyAxes } from "./engine/axes.js";
export { checkInputs } from "./engine/check-inputs.js";
export type { EnginePlacement, LoadedStatus } from "./engine/infer-engine.js";
export {
  type PlacementFacts,
  type PlacementPlan,
  placementLimits,
  planPlacement,
} from "./engine/plan-placement.js";
export type { VersionPhase } from "./engine/reloadable-infer-engine.js";
export type { EngineStatus, VersionStatus } from "./engine/versioned-infer-engine.js";
export type { WarmUp } from "./engine/warm-up.js";
export {
  createInferManager,
  type InferManagerOptions,
  type LoadProgress,
  LocalInferManager,
} from "./infer-manager.js";
export { inspectModelDir, type ModelInspection } from "./inspect-model-dir.js";
export { OnnxCore } from "./onnx/onnx-core.js";
export { readFolderContent } from "./onnx/patch-chain.js";
