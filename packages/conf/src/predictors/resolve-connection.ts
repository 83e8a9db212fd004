import type { Findings } from "../diagnostic.js";
import type { LayeredSection } from "../schema/layered-section.js";
import type { ConnectionConf, RpcParameterConf } from "./predictors-conf.js";

export function resolveConnection(
  fields: LayeredSection,
  protocol: RpcParameterConf["protocol"],
  findings: Findings,
): ConnectionConf {
  return {
    connectTimeoutMs: fields.number("connect_timeout_ms"),
    rpcTimeoutMs: fields.number("rpc_timeout_ms"),
    connectRetryCount: fields.number("connect_retry_count"),
    maxConnectionPerHost: fields.number("max_connection_per_host"),
    connectionType: resolveType(fields, protocol, findings),
    hedgeAfter: resolveHedge(fields),
    retryBudgetShare: fields.number("retry_budget_percent") / 100,
    hedgeBudgetShare: fields.number("hedge_budget_percent") / 100,
  };
}

function resolveHedge(fields: LayeredSection): number | "p95" | undefined {
  if (fields.number("hedge_fetch_retry_count") === 0) return undefined;
  if (fields.bool("hedge_after_p95")) return "p95";
  const afterMs = fields.number("hedge_request_timeout_ms");
  return afterMs < 0 ? undefined : afterMs;
}

function resolveType(
  fields: LayeredSection,
  protocol: RpcParameterConf["protocol"],
  findings: Findings,
): ConnectionConf["connectionType"] {
  // The schema allows no other.
  const type = fields.string("connection_type") as ConnectionConf["connectionType"];
  const place = fields.placeOf("connection_type");
  const isGrpc = protocol === "h2:grpc" || protocol === "grpc";
  // Compat: brpc takes pooled, which is everybody's default, for single where connections are shared anyway.
  if (isGrpc && type === "pooled") return "single";
  if (isGrpc && type === "short" && place) {
    findings.fault(place, `must be single for ${protocol}, whose calls share a connection, not "short"`);
  }
  if (protocol.startsWith("http") && type === "single" && place) {
    findings.fault(
      place,
      `must be pooled or short for ${protocol}, where a connection has one call at a time`,
    );
  }
  return type;
}
