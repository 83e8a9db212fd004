import { ServeError } from "@paddlewheel/core";
import type { HeaderField } from "@paddlewheel/http2";
import {
  isGrpcContentType,
  type MessageEncoding,
  parseGrpcTimeout,
  parseMessageEncoding,
  pickMessageEncoding,
} from "@paddlewheel/wire";
import type { ServerLimits } from "../limits.js";
import { type CallHeaders, readCallHeaders } from "../rpc/call-headers.js";

/** What the headers of a gRPC request ask for. */
export interface RequestHead {
  readonly path: string;
  readonly callHeaders: CallHeaders;
  /** From the arrival of the headers; undefined for as long as it takes. */
  readonly timeoutMs: number | undefined;
  /** Whether the caller asked for it. */
  readonly isTimeoutGiven: boolean;
  /** How messages flagged as compressed are packed. */
  readonly encoding: MessageEncoding;
  /** How the caller would have such messages answered. */
  readonly answerEncoding: MessageEncoding;
  /** Why the call cannot be made, where that is so. */
  readonly fault: ServeError | undefined;
}

/** The whole answer to a request that names gRPC and is none that we speak. */
export type HttpRefusal = readonly HeaderField[];

const wrongMethod: HttpRefusal = [
  { name: ":status", value: "405" },
  { name: "allow", value: "POST" },
];

/** Messages in JSON, gRPC-Web. Source: gRPC's PROTOCOL-HTTP2.md. */
const wrongContentType: HttpRefusal = [{ name: ":status", value: "415" }];

export function isRefusal(head: RequestHead | HttpRefusal): head is HttpRefusal {
  return Array.isArray(head);
}

/** Whether the content type names gRPC, in any of its kinds; other requests are plain HTTP. */
export function isGrpcRequest(fields: readonly HeaderField[]): boolean {
  for (const { name, value } of fields) {
    if (name === "content-type") return value.toLowerCase().startsWith("application/grpc");
  }
  return false;
}

/** Reads the headers of a request that `isGrpcRequest`. */
export function readRequestHead(
  fields: readonly HeaderField[],
  limits: ServerLimits,
): RequestHead | HttpRefusal {
  const values = joinValues(fields);
  if (!isGrpcContentType(values.get("content-type"))) return wrongContentType;
  if (values.get(":method") !== "POST") return wrongMethod;
  const base = {
    path: values.get(":path") ?? "",
    callHeaders: readCallHeaders((name) => values.get(name)),
    timeoutMs: limits.defaultTimeoutMs || undefined,
    isTimeoutGiven: false,
    encoding: "identity" as const,
    answerEncoding: pickMessageEncoding(values.get("grpc-accept-encoding")),
    fault: undefined,
  };
  try {
    const timeout = values.get("grpc-timeout");
    const encoding = parseMessageEncoding(values.get("grpc-encoding"), "request");
    if (timeout === undefined) return { ...base, encoding };
    const timeoutMs = Math.min(parseGrpcTimeout(timeout), limits.maxTimeoutMs);
    return { ...base, encoding, timeoutMs, isTimeoutGiven: true };
  } catch (error) {
    return { ...base, fault: ServeError.from(error) };
  }
}

/** Several fields of one name are one list. Source: RFC 9110 §5.3. */
function joinValues(fields: readonly HeaderField[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const { name, value } of fields) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return values;
}
