import { type Attributes, type SpanStatus, SpanStatusCode } from "@opentelemetry/api";
import { Code, codeName, type FinishedTrace, type Protocol } from "@paddlewheel/core";

/** `/{service}/{method}` over HTTP is brpc's protocol as well. */
const rpcSystem: Readonly<Record<Protocol, string>> = {
  grpc: "grpc",
  http: "brpc",
  baidu_std: "brpc",
  in_process: "paddlewheel",
};

const networkProtocol: Readonly<Record<Protocol, string | undefined>> = {
  grpc: "http",
  http: "http",
  baidu_std: "baidu_std",
  in_process: undefined,
};

/** What the server's span says of a call. Source: semantic conventions of OpenTelemetry for RPC. */
export function callAttributes({ call, trace, error }: FinishedTrace): Attributes {
  const { protocol, service, method, requestId, logId } = call;
  return {
    "rpc.system": rpcSystem[protocol],
    "rpc.service": service,
    "rpc.method": method,
    "network.protocol.name": networkProtocol[protocol],
    "paddlewheel.request_id": requestId,
    "paddlewheel.log_id": logId === 0n ? undefined : logId.toString(),
    "paddlewheel.code": error?.code ?? Code.ok,
    "error.type": error && (codeName(error.code) ?? String(error.code)),
    "paddlewheel.dropped_spans": trace.dropped || undefined,
  };
}

/** By the conventions the mistake of a caller is no error of the server. */
const faultsOfCallers: ReadonlySet<Code> = new Set<Code>([
  Code.cancelled,
  Code.invalidArgument,
  Code.malformedRequest,
  Code.messageTooLarge,
  Code.notFound,
  Code.permissionDenied,
  Code.resourceExhausted,
  Code.unauthenticated,
]);

export function callStatus({ error }: FinishedTrace): SpanStatus {
  if (!error || faultsOfCallers.has(error.code)) return { code: SpanStatusCode.UNSET };
  return { code: SpanStatusCode.ERROR, message: error.message };
}
