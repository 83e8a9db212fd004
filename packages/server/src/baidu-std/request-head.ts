import type { RpcMeta } from "@paddlewheel/wire";
import type { ServerLimits } from "../limits.js";
import { type CallHeaders, readCallHeaders } from "../rpc/call-headers.js";
import { cleanRequestId } from "../rpc/request-id.js";
import { brpcTraceContext } from "../rpc/trace-context.js";

/** What the meta of a request asks for. */
export interface RequestHead {
  readonly callHeaders: CallHeaders;
  /** From the arrival of the frame; undefined for as long as it takes. */
  readonly timeoutMs: number | undefined;
}

const noHeaders = readCallHeaders(() => undefined);

/**
 * `user_fields` are what headers are over HTTP; where the meta has a field of its own for the same, that wins, but for the
 * trace, of whose id the meta has only half.
 */
export function readRequestHead({ request, userFields }: RpcMeta, limits: ServerLimits): RequestHead {
  const headers = userFields.size === 0 ? noHeaders : readCallHeaders((name) => userFields.get(name));
  if (!request) return { callHeaders: headers, timeoutMs: undefined };
  const timeoutMs = timeoutOf(request.timeoutMs, limits);
  const { logId, requestId, traceId } = request;
  if (headers === noHeaders && !logId && !requestId && !traceId) return { callHeaders: noHeaders, timeoutMs };
  const callHeaders = {
    logId: logId || headers.logId,
    requestId: (requestId && cleanRequestId(requestId)) || headers.requestId,
    traceContext: headers.traceContext ?? (traceId ? brpcTraceContext(request) : undefined),
    asksForTrace: headers.asksForTrace,
    priority: headers.priority,
    credential: headers.credential,
    modelVersion: headers.modelVersion,
  };
  return { callHeaders, timeoutMs };
}

/** The deadline of a call. brpc's server ignores that of the caller; ours gives up when nobody waits any more. */
function timeoutOf(asked: number, { defaultTimeoutMs, maxTimeoutMs }: ServerLimits): number | undefined {
  return asked > 0 ? Math.min(asked, maxTimeoutMs) : defaultTimeoutMs || undefined;
}
