import {
  BatchingMode,
  dtypeTable,
  ExecutionMode,
  GraphOptimizationLevel,
  Isolation,
  maxConcurrencyForm,
  Placement,
  parseMaxConcurrency,
  ReloadableType,
  tensorLimits,
} from "@paddlewheel/core";

import type { Field } from "protobufjs";
import type { ScalarValue } from "./scalar.js";

/** What a value of one field must be beyond its type: undefined when it is, else `must be …`. */
type Rule = (value: ScalarValue) => string | undefined;

const maxInt32 = 2_147_483_647;

/** Longest value of a string field, that of a path on Linux. */
const maxStringLength = 4096;

const rules: Readonly<Record<string, Rule>> = {
  "InferServiceConf.port": between(0, 65_535),
  "InferService.name": isName,
  "InferService.merger": isName,
  "InferService.workflows": isName,
  "InferService.request_field_key": isName,
  "InferService.web_service": isPathSegment,
  "InferService.proto_file": isNotEmpty,
  "InferService.proto_service": isFullName,
  "InferService.max_concurrency": isMaxConcurrency,
  "MethodMaxConcurrency.method": isName,
  "MethodMaxConcurrency.limit": isMaxConcurrency,
  "Workflow.name": isName,
  "Workflow.workflow_type": isName,
  "DAGNode.name": isName,
  "DAGNode.type": isName,
  "DAGNode.address": isHostAndPort,
  "DAGNodeDependency.name": isName,
  "DAGNodeDependency.mode": isName,
  "EngineDesc.name": isName,
  "EngineDesc.type": isName,
  "EngineDesc.reloadable_type": oneOf(Object.values(ReloadableType)),
  "EngineDesc.model_dir": isNotEmpty,
  "EngineDesc.model_data_path": isNotEmpty,
  "EngineDesc.reloadable_meta": isNotEmpty,
  "EngineDesc.version_file": isNotEmpty,
  "EngineDesc.version_type": oneOf(["listed"]),
  "EngineDesc.version_policy": oneOf(["latest", "all", "listed"]),
  // Each is a loaded model.
  "EngineDesc.num_versions": between(1, 100),
  "EngineDesc.versions": isVersion,
  "EngineDesc.default_version": isVersionOrLabel,
  "EngineDesc.reload_interval_ms": between(10, 86_400_000),
  "EngineDesc.done_file": isFileName,
  "EngineDesc.key_file": isNotEmpty,
  "EngineDesc.placement": oneOf(Object.values(Placement)),
  "EngineDesc.isolation": oneOf(Object.values(Isolation)),
  "EngineDesc.max_run_ms": between(0, 86_400_000),
  // Each is an operating system thread with a session of its own.
  "EngineDesc.runtime_thread_num": between(0, 256),
  "EngineDesc.batch_infer_size": between(0, 65_536),
  "EngineDesc.max_queue_size": between(1, 1_000_000),
  "EngineDesc.request_cache_size": between(0, 4_294_967_295),
  "EngineDesc.max_queue_delay_us": between(0, 1_000_000),
  "EngineDesc.preferred_batch_size": between(1, 65_536),
  "EngineDesc.pad_value": between(-maxInt32, maxInt32),
  "EngineDesc.batching": oneOf(Object.values(BatchingMode)),
  // A day: longer than the longest deadline a caller may have.
  "EngineDesc.max_queue_wait_ms": between(0, 86_400_000),
  // 0 lets the runtime take every core.
  "EngineDesc.intra_op_num_threads": between(0, 256),
  "EngineDesc.inter_op_num_threads": between(0, 256),
  "EngineDesc.execution_mode": oneOf(Object.values(ExecutionMode)),
  "EngineDesc.graph_optimization_level": oneOf(Object.values(GraphOptimizationLevel)),
  "EngineDesc.execution_providers": oneOf(["cpu", "cuda", "tensorrt", "webgpu", "coreml", "dml"]),
  "EngineDesc.gpu_ids": between(-1, 1023),
  "EngineDesc.gpu_memory_mb": between(0, maxInt32),
  "EngineDesc.cpu_math_thread_num": between(1, 1024),
  "EngineDesc.trt_workspace_size": between(0, maxInt32),
  "EngineDesc.min_subgraph_size": between(0, maxInt32),
  "EngineDesc.dist_nranks": between(0, 65_536),
  "EngineDesc.dist_subgraph_index": between(0, 65_536),
  "ResourceConf.model_toolkit_file": isNotEmpty,
  "ResourceConf.model_manager_file": isNotEmpty,
  "ResourceConf.general_model_file": isNotEmpty,
  "ResourceConf.cube_quant_bits": oneOf([0, 8]),
  "FeedVar.name": isNotEmpty,
  "FeedVar.alias_name": isNotEmpty,
  "FeedVar.feed_type": isElemType,
  "FeedVar.shape": between(-1, tensorLimits.maxDim),
  "FetchVar.name": isNotEmpty,
  "FetchVar.alias_name": isNotEmpty,
  "FetchVar.fetch_type": isElemType,
  "FetchVar.shape": between(-1, tensorLimits.maxDim),
  "ConnectionConf.connect_timeout_ms": between(1, 3_600_000),
  // A day, as for whatever waits.
  "ConnectionConf.rpc_timeout_ms": between(1, 86_400_000),
  "ConnectionConf.connect_retry_count": between(0, 100),
  "ConnectionConf.max_connection_per_host": between(1, 65_535),
  "ConnectionConf.hedge_request_timeout_ms": between(-1, 86_400_000),
  "ConnectionConf.hedge_fetch_retry_count": between(0, 100),
  "ConnectionConf.connection_type": oneOf(["single", "pooled", "short"]),
  "ConnectionConf.retry_budget_percent": between(0, 100),
  "ConnectionConf.hedge_budget_percent": between(0, 100),
  "NamingConf.cluster": isNotEmpty,
  "RpcParameter.compress_type": between(0, 3),
  "RpcParameter.package_size": between(1, maxInt32),
  "RpcParameter.protocol": oneOf(["baidu_std", "http", "http:proto", "h2:grpc", "grpc"]),
  // Each is a call to a server.
  "RpcParameter.max_channel_per_request": between(1, 1024),
  "SplitConf.split_tag_name": isTagPart,
  "ClientTls.ca_file": isNotEmpty,
  "ClientTls.cert_file": isNotEmpty,
  "ClientTls.key_file": isNotEmpty,
  "ClientTls.server_name": isNotEmpty,
  "VariantConf.tag": isName,
  "VariantConf.token_file": isNotEmpty,
  "Predictor.name": isName,
  "Predictor.service_name": isFullName,
  "Predictor.endpoint_router": oneOf(["WeightedRandomRender"]),
  "Predictor.proto_file": isNotEmpty,
  "Predictor.max_in_flight": between(1, 1_000_000),
  "Predictor.sticky_key": isNotEmpty,
  "CanaryConf.variant": isName,
  // Others must have calls to compare with.
  "CanaryConf.percent": between(1, 99),
  "CanaryConf.window_ms": between(100, 86_400_000),
  "CanaryConf.min_calls": between(1, 1_000_000),
  "CanaryConf.max_error_percent": between(0, 100),
  "CanaryConf.cool_down_ms": between(0, 86_400_000),
  "CanaryConf.slow_ms": between(0, 86_400_000),
  "ShadowConf.variant": isName,
  "ShadowConf.percent": between(1, 100),
  "ShadowConf.max_in_flight": between(1, 10_000),
  // Of each copy under way there may be so much, twice.
  "ShadowConf.max_bytes": between(1, 67_108_864),
  "ShadowConf.tolerance": isShare,
  // Each may hold a request and two answers of max_bytes.
  "ShadowConf.max_examples": between(0, 100),
};

/** Why a value of the right type is still no value for this field; undefined when it is one. */
export function breaksRule(field: Field, value: ScalarValue): string | undefined {
  if (typeof value === "string" && value.length > maxStringLength) {
    return `has ${value.length} characters, at most ${maxStringLength} are allowed`;
  }
  return rules[`${field.parent?.name}.${field.name}`]?.(value);
}

function between(min: number, max: number): Rule {
  return (value) => {
    if (typeof value === "number" && value >= min && value <= max) return undefined;
    return `must be a whole number from ${min} to ${max}, not ${value}`;
  };
}

function isShare(value: ScalarValue): string | undefined {
  if (typeof value === "number" && value >= 0 && value <= 1) return undefined;
  return `must be a number from 0 to 1, not ${value}`;
}

function oneOf(values: readonly ScalarValue[]): Rule {
  return (value) => {
    if (values.includes(value)) return undefined;
    return `must be one of ${values.join(", ")}, not ${show(value)}`;
  };
}

/**
 * Names are compared with each other, listed with commas and shown in metrics and messages; 128 characters is the limit
 * of model names throughout.
 */
function isName(value: ScalarValue): string | undefined {
  if (/^(?![\s])[^,\p{Cc}]{1,128}(?<!\s)$/u.test(String(value))) return undefined;
  return `must be 1 to 128 characters without commas, control characters or blanks at its ends, not ${show(value)}`;
}

function isNotEmpty(value: ScalarValue): string | undefined {
  return value === "" ? "must not be empty" : undefined;
}

/** Name of a folder that holds a version. */
export function isVersion(value: ScalarValue): string | undefined {
  if (/^[1-9]\d{0,18}$/.test(String(value))) return undefined;
  return `must be the number of a version, 1 or more without leading zeros, not ${show(value)}`;
}

/** Never a number, so that nobody can tell a version from a label wrongly. */
export function isLabel(value: ScalarValue): string | undefined {
  if (/^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/.test(String(value))) return undefined;
  return `must be a label: a letter or "_", then at most 63 letters, digits, "_", "-" and ".", not ${show(value)}`;
}

function isVersionOrLabel(value: ScalarValue): string | undefined {
  if (!isVersion(value) || !isLabel(value)) return undefined;
  return `must be the number of a version, or a label, not ${show(value)}`;
}

function isFileName(value: ScalarValue): string | undefined {
  if (/^(?!\.{1,2}$)[^/\p{Cc}]{1,255}$/u.test(String(value))) return undefined;
  return `must be the name of a file in the folder of the model, not ${show(value)}`;
}

/** `package.Service` of protobuf. */
function isFullName(value: ScalarValue): string | undefined {
  if (/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/.test(String(value))) return undefined;
  return `must be the full name of a service, package.Service, not ${show(value)}`;
}

/** One side of a `key:value` pair. */
export function isTagPart(value: ScalarValue): string | undefined {
  if (/^[^\s,:]{1,128}$/.test(String(value))) return undefined;
  return `must be 1 to 128 characters without blanks, "," and ":", not ${show(value)}`;
}

function isMaxConcurrency(value: ScalarValue): string | undefined {
  if (parseMaxConcurrency(String(value)) !== undefined) return undefined;
  return `must be ${maxConcurrencyForm}, not ${show(value)}`;
}

function isPathSegment(value: ScalarValue): string | undefined {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(String(value))) return undefined;
  return `must be letters, digits, "_", "-" and ".", as it is part of a URL, not ${show(value)}`;
}

function isHostAndPort(value: ScalarValue): string | undefined {
  const match = /^(?:[A-Za-z0-9_.-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\]):([0-9]{1,5})$/.exec(String(value));
  const port = Number(match?.[1] ?? 0);
  return port >= 1 && port <= 65_535 ? undefined : `must be host:port, not ${show(value)}`;
}

function isElemType(value: ScalarValue): string | undefined {
  const types = Object.values(dtypeTable);
  if (types.some(({ elemType }) => elemType === value)) return undefined;
  const known = types.map(({ elemType, dtype }) => `${elemType} (${dtype})`).join(", ");
  return `must be one of ${known}, not ${value}`;
}

function show(value: ScalarValue): string {
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}
