import { ServeError } from "@paddlewheel/core";
import { parseGrpcTimeout } from "@paddlewheel/wire";
import type { ServerLimits } from "../limits.js";

/** How long a call may take, in ms; undefined for as long as it takes. */
export interface CallTimeout {
  readonly timeoutMs: number | undefined;
  /** The caller asked for it. */
  readonly isTimeoutGiven: boolean;
  /** Why what the caller asks for cannot be had, where that is so. */
  readonly fault?: ServeError;
}

/** Reads the header `grpc-timeout`, whose name and value are those of gRPC, as gateways to it have them in HTTP. */
export function readTimeout(
  header: (name: string) => string | undefined,
  { defaultTimeoutMs, maxTimeoutMs }: ServerLimits,
): CallTimeout {
  const timeoutMs = defaultTimeoutMs || undefined;
  const timeout = header("grpc-timeout");
  if (timeout === undefined) return { timeoutMs, isTimeoutGiven: false };
  try {
    return { timeoutMs: Math.min(parseGrpcTimeout(timeout), maxTimeoutMs), isTimeoutGiven: true };
  } catch (error) {
    return { timeoutMs, isTimeoutGiven: false, fault: ServeError.from(error) };
  }
}
