export { alignExternalData } from "./align-external-data.js";
export type { AttributeValue, NestedGraph } from "./build/attribute-proto.js";
export {
  GraphBuilder,
  type GraphBuilderOptions,
  type NodeOptions,
  type ValueType,
} from "./build/graph-builder.js";
export { OnnxBuildError } from "./build/onnx-build-error.js";
export type {
  AxisOptions,
  BatchNormalizationOptions,
  ConvOptions,
  GemmOptions,
  OutputName,
  PoolOptions,
  WindowOptions,
} from "./build/op-options.js";
export type { ExternalInit, ProtoObject, TensorInit } from "./build/tensor-proto.js";
export {
  type ElementArray,
  type ElementTypeInfo,
  elementTypeOfArray,
  elementTypeOfNumber,
  elementTypes,
  type OnnxElementType,
} from "./element-type.js";
export { findEscapingExternalData } from "./external-data.js";
export { type GatherModelOptions, gatherModel } from "./models/gather-model.js";
export { type IdentityModelOptions, identityModel } from "./models/identity-model.js";
export { type LinearModelOptions, linearModel } from "./models/linear-model.js";
export { type MlpModelOptions, mlpModel } from "./models/mlp-model.js";
export { type ResNet50ModelOptions, resnet50Model } from "./models/resnet50-model.js";
export { seededRandom } from "./models/seeded-random.js";
export { OnnxFormatError } from "./onnx-format-error.js";
export { applyPatch, writeModel } from "./patch/apply-patch.js";
export { diffModels, type ModelDiff, type PatchToWrite, writePatch } from "./patch/diff-models.js";
export { type ModelContent, readModelContent, type Weight } from "./patch/model-content.js";
export { type ModelLayout, readModelLayout, type TensorLayout } from "./patch/model-layout.js";
export {
  type ModelPatch,
  type PatchManifest,
  patchFile,
  patchLimits,
  patchWeightsFile,
  readManifest,
  readPatch,
} from "./patch/patch-file.js";
export type { ExternalTensor, ModelSummary, ValueSummary } from "./read/model-summary.js";
export { type OnnxLimits, onnxLimits } from "./read/onnx-limits.js";
export { readModelSummary, summarizeModel } from "./read/summarize-model.js";
