import {
  modelVersionHeader,
  type Priority,
  parsePriority,
  type Secret,
  type TraceContext,
} from "@paddlewheel/core";
import { readCredential } from "../auth/credential.js";
import { cleanRequestId } from "./request-id.js";
import { type HeaderReader, readTraceContext } from "./trace-context.js";
import { parseUnsignedId } from "./unsigned-id.js";

/** Asks for a trace with the value `1`, and brings it with the answer. */
export const traceHeader = "x-paddlewheel-trace";

/** How urgent the call is: `high`, `normal` or `low`. */
export const priorityHeader = "x-paddlewheel-priority";

/** What the headers of a request say of its call, whatever the transport. */
export interface CallHeaders {
  /** 0 when they name none. */
  readonly logId: bigint;
  /** The caller's own. */
  readonly requestId: string | undefined;
  readonly traceContext: TraceContext | undefined;
  readonly asksForTrace: boolean;
  readonly priority: Priority;
  /** Who the caller says it is; undefined when it does not say. */
  readonly credential: Secret | undefined;
  /** Of the models to run, as it came; undefined when the request leaves them open. */
  readonly modelVersion: string | undefined;
}

export function readCallHeaders(header: HeaderReader): CallHeaders {
  return {
    logId: parseUnsignedId(header("log-id")),
    requestId: cleanRequestId(header("x-request-id")),
    traceContext: readTraceContext(header),
    asksForTrace: header(traceHeader) === "1",
    priority: parsePriority(header(priorityHeader)),
    credential: readCredential(header),
    modelVersion: header(modelVersionHeader),
  };
}
