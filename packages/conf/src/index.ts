export {
  type ConfReport,
  checkServerConf,
  loadServerConf,
  type ServerConf,
  type ServerConfOptions,
  type ServerConfReport,
} from "./check-server-conf.js";
export { type Diagnostic, formatDiagnostic, inReadingOrder, type Place } from "./diagnostic.js";
export type { ConfSetOptions } from "./files/conf-context.js";
export { type ConfFiles, diskFiles, overlayFiles } from "./files/conf-files.js";
export type { KnownNames, KnownOpType } from "./known-names.js";
export {
  type LoadModelConfOptions,
  loadModelConf,
  parseModelConf,
  type RenderedModelConf,
  renderModelConf,
} from "./model/model-conf.js";
export {
  checkPredictorsConf,
  type PredictorsConfOptions,
  type PredictorsReport,
  type PredictorTexts,
} from "./predictors/check-predictors-conf.js";
export type {
  CanaryConf,
  ClientTlsConf,
  ConnectionConf,
  NamingConf,
  PredictorConf,
  PredictorsConf,
  PredictorVariantConf,
  RpcParameterConf,
  ShadowConf,
  SplitConf,
} from "./predictors/predictors-conf.js";
export type {
  SdkCanaryConf,
  SdkConf,
  SdkConnectionConf,
  SdkPredictor,
  SdkShadowConf,
  SdkVariantConf,
} from "./predictors/sdk-conf.js";
export { readOpModules } from "./read-op-modules.js";
export {
  type RenderInferServiceOptions,
  renderInferServiceConf,
} from "./render/render-infer-service-conf.js";
export { renderModelToolkitConf } from "./render/render-model-toolkit-conf.js";
export { type RenderServerConfOptions, renderServerConf } from "./render/render-server-conf.js";
export { renderWorkflowConf } from "./render/render-workflow-conf.js";
export type { OpModule } from "./resolve/resolve-op-modules.js";
export { type CheckServeOptions, checkServeConf } from "./serve/check-serve-conf.js";
export { type RenderServeOptions, renderServeConf, serveFolder } from "./serve/render-serve-conf.js";
export type { DistModelOptions, ServeOptions } from "./serve/serve-options.js";
export type { Notation } from "./text/tree.js";
