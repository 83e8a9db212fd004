export { type Authenticator, Scope } from "./auth/authenticator.js";
export type { AuthOptions } from "./auth/token-source.js";
export type { BuiltInOpName, BuiltInOps, OpClassOf, OpReference } from "./builder/built-in-ops.js";
export type { ModelConfig, ModelOptions } from "./builder/model-options.js";
export type { ConfigFor, MappedNodeOptions, NodeOptions } from "./builder/node-options.js";
export type { OpGraph } from "./builder/op-graph.js";
export { OpGraphMaker } from "./builder/op-graph-maker.js";
export { type GatheredOutput, itemsOf, type OpItems, requestItems } from "./builder/op-items.js";
export { OpMaker } from "./builder/op-maker.js";
export type { NodeInput, OpNode } from "./builder/op-node.js";
export { OpSeqMaker } from "./builder/op-seq-maker.js";
export type { GraphOptions } from "./builder/plan-graph.js";
export {
  type PrepareOptions,
  Server,
  type ServerBuilderOptions,
  type WriteOptions,
} from "./builder/server.js";
export type { ServiceOptions } from "./builder/service-options.js";
export { findServiceFaults } from "./find-service-faults.js";
export { GeneralCopyOp } from "./general/general-copy-op.js";
export { GeneralInferOp } from "./general/general-infer-op.js";
export { createGeneralModelService } from "./general/general-model-service.js";
export { GeneralReaderOp } from "./general/general-reader-op.js";
export { GeneralResponseOp } from "./general/general-response-op.js";
export { GeneralSelectOp } from "./general/general-select-op.js";
export { GeneralTextReaderOp } from "./general/general-text-reader-op.js";
export { GeneralTextResponseOp } from "./general/general-text-response-op.js";
export { defaultLimits, type ServerLimits } from "./limits.js";
export type { AccessLog, MethodLabels, WriteCallLine } from "./observe/access-log.js";
export { createPinoLogger, isLogLevel, type LogLevel, type LogSink } from "./observe/pino-logger.js";
export { PromMetrics } from "./observe/prom-metrics.js";
export { type ImportOpModuleOptions, importOpModule } from "./op-modules/import-op-module.js";
export { type OpModule, type RegisterFunction, registerOpModule } from "./op-modules/op-module.js";
export type { PageSet } from "./pages/place-pages.js";
export type { ServerFlag } from "./pages/server-flag.js";
export type { PagesOptions } from "./pages/server-pages.js";
export type { ServerProcess } from "./processes/server-process.js";
export { createRegistries, knownNames, type Registries, type RpcServiceFactory } from "./registries.js";
export type { GrpcEngine } from "./rpc/grpc-host.js";
export { createProtoService } from "./rpc/proto-service.js";
export { ServerManager } from "./server-manager.js";
export type { ServerOptions } from "./server-options.js";
export type { TlsOptions } from "./tls/tls-options.js";
