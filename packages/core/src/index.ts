export { Call, type CallOptions, type ChildCallOptions, type Protocol, raceStop } from "./call.js";
export type { ClientIdentity } from "./client-identity.js";
export { Code, type CodeName, codeName } from "./code.js";
export type { Condition } from "./condition/condition.js";
export type { NodeTrace } from "./dag/dag-recorder.js";
export type { MapSource } from "./dag/map-source.js";
export {
  type DagDependency,
  type DagNode,
  type DagPlan,
  type KnownOpTypes,
  planDag,
  validateWorkflow,
} from "./dag/plan-dag.js";
export { Workflow } from "./dag/workflow.js";
export {
  type DependencyConf,
  DependencyMode,
  type NodeConf,
  startupOp,
  type WorkflowConf,
  WorkflowType,
} from "./dag/workflow-conf.js";
export { type BatchingConf, BatchingMode, defaultBatchingConf } from "./engine/batching-conf.js";
export {
  defaultEngineConf,
  type EngineConf,
  Isolation,
  latestVersion,
  type ModelConf,
  type ModelVarConf,
  Placement,
  ReloadableType,
  type VersionConf,
  type VersionPolicy,
} from "./engine/engine-conf.js";
export type {
  InferEngineInfo,
  InferManager,
  InferOptions,
  ModelSignature,
  VarSignature,
  VersionChoice,
} from "./engine/infer-manager.js";
export type { DataOfDType, ModelTypes, TensorOf } from "./engine/model-types.js";
export {
  defaultSessionConf,
  ExecutionMode,
  GraphOptimizationLevel,
  type SessionConf,
} from "./engine/session-conf.js";
export { formatModelVersion, modelVersionHeader, VersionRequest } from "./engine/version-request.js";
export { type Fault, type FieldPath, formatFieldPath, invalidConf } from "./fault.js";
export { isThenable } from "./is-thenable.js";
export { Later } from "./later.js";
export { nameHint, nearestNameHint } from "./nearest-name.js";
export {
  type CallSpan,
  CallTrace,
  type NewSpan,
  type SpanAttributes,
  SpanKind,
  type TraceAudience,
} from "./observe/call-trace.js";
export { type Clock, systemClock, type Timer } from "./observe/clock.js";
export { errorAttributes } from "./observe/error-attributes.js";
export { LatencyHistogram } from "./observe/latency-histogram.js";
export { type LogFields, type Logger, silentLogger } from "./observe/logger.js";
export {
  type Counter,
  type Gauge,
  type GaugeOptions,
  type Histogram,
  type HistogramOptions,
  type Labels,
  limitCounter,
  type MetricOptions,
  type Metrics,
  noMetrics,
} from "./observe/metrics.js";
export {
  formatTraceparent,
  newSpanId,
  newTraceId,
  parseTraceContext,
  type TraceContext,
} from "./observe/trace-context.js";
export { traceHeaders } from "./observe/trace-headers.js";
export type { FinishedTrace, TraceSink } from "./observe/trace-sink.js";
export { Bus } from "./op/bus.js";
export { Channel } from "./op/channel.js";
export { type EngineUse, engineNameOf } from "./op/engine-name.js";
export { GeneralBlob, type GeneralBlobOptions } from "./op/general-blob.js";
export { type OpOptions, readNodeConfig } from "./op/node-config.js";
export {
  type InputOf,
  Op,
  type OpBinding,
  type OpClass,
  type OpEnvironment,
  OpPlace,
  type OpResult,
  OpWithChannel,
  type OutputOf,
} from "./op/op.js";
export {
  type ConfigDeclaration,
  type ConfigField,
  type ConfigOf,
  type ConfigSchema,
  defineConfig,
  readConfig,
} from "./op/op-config.js";
export type { OpInput, OpOutcome, OpPool, OpTask } from "./op/op-pool.js";
export { OpRegistry, opTypeName } from "./op/op-registry.js";
export { Priority, parsePriority } from "./priority.js";
export { quoteNames, quoteValue } from "./quote-value.js";
export { Secret } from "./secret.js";
export { type ErrorDetails, ServeError, type ServeErrorOptions } from "./serve-error.js";
export {
  InferService,
  type InferServiceOptions,
  type RunWorkflow,
  type ServiceTrace,
  type WorkflowRun,
} from "./service/infer-service.js";
export { type MaxConcurrency, maxConcurrencyForm, parseMaxConcurrency } from "./service/max-concurrency.js";
export { defaultMerger, type Merger, MergerRegistry } from "./service/merger.js";
export { createInferService, ParallelInferService } from "./service/parallel-infer-service.js";
export {
  parseRestfulMapping,
  type RestfulMapping,
  type RestfulPaths,
  splitPath,
} from "./service/restful-mapping.js";
export {
  defineMethod,
  type MessageCodec,
  type RpcMethod,
  type RpcService,
  shortServiceName,
  type TextForm,
} from "./service/rpc-service.js";
export type { InferServiceConf, WorkflowMap } from "./service/service-conf.js";
export { settle } from "./settle.js";
export {
  type DType,
  type DTypeInfo,
  dtypeOfElemType,
  dtypeTable,
  elemTypeOf,
  type TensorData,
  type TypedArray,
  type TypedArrayConstructor,
} from "./tensor/dtype.js";
export {
  bfloat16ToNumber,
  float16ToNumber,
  numberToBfloat16,
  numberToFloat16,
} from "./tensor/float16.js";
export { concatRows, sliceRows } from "./tensor/rows.js";
export {
  checkTensor,
  elementCount,
  type Tensor,
  type TensorMap,
  tensorLimits,
} from "./tensor/tensor.js";
