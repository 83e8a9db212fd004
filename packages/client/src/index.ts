export type { GeneralRequest, GeneralResponse, GeneralTensor, ModelOutput } from "@paddlewheel/wire";
export { type CallEngine, createCallEngine } from "./call/call-engine.js";
export type { AttemptEvent, AttemptKind, CallEvent, CallObserver } from "./call/call-observer.js";
export {
  type CallEngineOptions,
  defaultHedgePolicy,
  defaultRetryPolicy,
  type HedgePolicy,
  type RetryPolicy,
} from "./call/call-options.js";
export type { CallAnswer, CallOutcome, CallRequest, RunningCall } from "./call/call-request.js";
export { measureCalls } from "./call/measure-calls.js";
export { Client } from "./client.js";
export { loadClientModel } from "./client-model.js";
export type { ClientOptions } from "./client-options.js";
export type { Cluster, HostLease, HostOutcome, PickOptions } from "./cluster/cluster.js";
export type { ClusterOptions, HealthCheckOptions } from "./cluster/cluster-options.js";
export { createCluster } from "./cluster/create-cluster.js";
export type { EjectionPolicy } from "./cluster/health/ejection.js";
export type { Condition } from "./cluster/health/host-health.js";
export type { Probe } from "./cluster/health/probe.js";
export type { Host } from "./cluster/host.js";
export type { HostState } from "./cluster/member.js";
export type { ObservableCluster } from "./cluster/named-cluster.js";
export type { ResolveName } from "./cluster/naming/find-by-dns.js";
export type { ServerListLimits } from "./cluster/naming/parse-servers.js";
export { parseFilterStrategy } from "./cluster/tags.js";
export { compareMessages } from "./compare/compare-messages.js";
export { compareResponses } from "./compare/compare-responses.js";
export type { Comparison, Difference } from "./compare/comparison.js";
export { buildRequest, type Feed, type RequestOptions } from "./feed/build-request.js";
export type { FeedValue } from "./feed/feed-tensor.js";
export type { NestedList } from "./feed/nested-list.js";
export type { HttpOptions } from "./http-options.js";
export type {
  FeedOf,
  FeedValueOf,
  FetchedOf,
  FetchName,
  MetadataPredictOptions,
  PredictMetadata,
  PredictOptions,
  TaggedPredictOptions,
} from "./predict-options.js";
export { type Fetched, type FetchedByEngine, type Prediction, toPrediction } from "./prediction.js";
export { checkPredictors } from "./predictor/check-predictors.js";
export type { GeneralCall } from "./predictor/general-codecs.js";
export {
  type DebugAnswer,
  type InferenceOptions,
  type OnInferenceEnd,
  Predictor,
} from "./predictor/predictor.js";
export { type FetchParams, PredictorApi, type PredictorApiOptions } from "./predictor/predictor-api.js";
export type { CanaryState } from "./route/canary/canary-state.js";
export type { CallCounts, CanaryCounts } from "./route/canary/plan-roll-back.js";
export type { ShadowExample, ShadowReport } from "./route/shadow/shadow-report.js";
export { type ClientSecurity, type ClientTlsOptions, resolveSecurity } from "./security/client-security.js";
export { type ConnectedTarget, connectTarget, type TargetOptions } from "./target/connect-target.js";
export { type CallTarget, parseTarget } from "./target/parse-target.js";
export { callHost } from "./transport/call-host.js";
export { createHostTransport, protocols, type TransportProtocol } from "./transport/create-host-transport.js";
export {
  type Attempt,
  type AttemptOutcome,
  CompressType,
  FailureStage,
  type HostTransport,
  type IncomingAnswer,
  type OnAttemptEnd,
  type OutgoingCall,
} from "./transport/host-transport.js";
export type { HttpBodyOptions, HttpFormat } from "./transport/http/body-options.js";
export {
  ConnectionType,
  defaultTransportLimits,
  type HostTransportOptions,
  type TransportLimits,
} from "./transport/transport-options.js";
