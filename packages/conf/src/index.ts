export {
  type ConfReport,
  checkServerConf,
  loadServerConf,
  type ServerConf,
  type ServerConfOptions,
} from "./check-server-conf.js";
export { type Diagnostic, formatDiagnostic } from "./diagnostic.js";
export { type ConfFiles, diskFiles, overlayFiles } from "./files/conf-files.js";
export type { KnownNames, KnownOpType } from "./known-names.js";
export {
  type LoadModelConfOptions,
  loadModelConf,
  parseModelConf,
  type RenderedModelConf,
  renderModelConf,
} from "./model/model-conf.js";
export { type CheckServeOptions, checkServeConf } from "./serve/check-serve-conf.js";
export { type RenderServeOptions, renderServeConf, serveFolder } from "./serve/render-serve-conf.js";
export type { DistModelOptions, ServeOptions } from "./serve/serve-options.js";
