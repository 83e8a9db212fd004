import { type Logger, limitCounter, type Metrics } from "@paddlewheel/core";
import { Http2Server, type StreamHandler } from "@paddlewheel/http2";
import type { ServerLimits } from "../limits.js";

export interface CreateHttp2ServerOptions {
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** HTTP/2 on sockets our listener accepted, with the limits of the server. */
export function createHttp2Server(
  handler: StreamHandler,
  { limits, logger, metrics }: CreateHttp2ServerOptions,
): Http2Server {
  return new Http2Server({
    handler,
    limits: {
      maxConcurrentStreams: limits.maxConcurrentStreams,
      maxHeaderListSize: limits.maxHeaderSize,
      maxHeaderFields: limits.maxHeaderFields,
      bodyTimeoutMs: limits.requestTimeoutMs,
      minBodyRate: limits.minBodyRate,
      bodyRateGraceMs: limits.bodyRateGraceMs,
      responseTimeoutMs: limits.responseTimeoutMs,
      maxUnsentBytes: limits.maxUnwrittenBytes,
      maxAgeMs: limits.maxConnectionAgeMs,
      drainTimeoutMs: limits.drainTimeoutMs,
    },
    onLimit: (name) => limitCounter(metrics, name).increment(),
    onPeerError: (error) => logger.debug({ ...error }, "an HTTP/2 peer broke a rule"),
    onFault: (error) => logger.error({ err: error }, "an HTTP/2 connection failed inside"),
  });
}
