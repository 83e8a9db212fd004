import { Code, quoteValue, ServeError } from "@paddlewheel/core";
import type { ServerLimits } from "../limits.js";
import type { ConcurrencyLimiter } from "../rpc/limiter/concurrency-limiter.js";
import { ConstantLimiter } from "../rpc/limiter/constant-limiter.js";
import type { ServerFlag } from "./server-flag.js";

/** What each limit is, for the page of flags; units as in `ServerLimits`. */
const descriptions: Readonly<Record<keyof ServerLimits, string>> = {
  maxBodySize: "largest message or body in bytes, also after decompression",
  maxJsonSize: "largest JSON body in bytes",
  maxBodyChunks: "pieces one HTTP body may come in",
  maxConcurrency: "calls at work before new ones are refused: a number, auto or timeout; 0 is no limit",
  maxConnections: "open connections",
  maxConnectionsPerIp: "open connections from one address; 0 is no limit",
  maxRequestsPerConnection: "requests on one HTTP/1.1 connection",
  maxConcurrentStreams: "concurrent requests on one HTTP/2 connection",
  maxUnwrittenBytes: "bytes of answers that one connection may leave unread",
  maxEmptyFrames: "frames without a call that one baidu_std connection may send",
  maxHeaderSize: "bytes of the headers of an HTTP request",
  maxHeaderFields: "headers of an HTTP request",
  maxUrlLength: "characters of path and query of an HTTP request",
  firstByteTimeoutMs: "milliseconds for the first bytes of a connection",
  handshakeTimeoutMs: "milliseconds for a handshake of TLS",
  headersTimeoutMs: "milliseconds for the header of an HTTP/1.1 request",
  requestTimeoutMs: "milliseconds for a whole request to come",
  minBodyRate: "bytes a second below which a body is cut off; 0 takes any",
  bodyRateGraceMs: "milliseconds in which a body may be slower than min_body_rate",
  responseTimeoutMs: "milliseconds in which some of an answer must leave",
  maxConnectionAgeMs: "milliseconds after which an HTTP/2 connection is to be replaced; 0 is never",
  keepAliveTimeoutMs: "milliseconds after which an HTTP connection without a request is closed",
  defaultTimeoutMs: "deadline in milliseconds of a call that brings none; 0 is none",
  maxTimeoutMs: "longest deadline in milliseconds that a call may bring",
  maxLoopDelayMs: "delay of the event loop in milliseconds above which calls are refused; 0 is no limit",
  maxHeapPercent: "percent of the largest heap at which calls are refused; 0 is no limit",
  drainTimeoutMs: "milliseconds a stopping server waits for calls at work",
};

/**
 * The limits of a server as flags: `max_body_size` for `maxBodySize`.
 * @param limiter of the calls at work: a number it began with may be changed
 */
export function limitFlags(
  limits: ServerLimits,
  limiter: ConcurrencyLimiter | undefined,
): readonly ServerFlag[] {
  const flags = Object.entries(descriptions).map(([key, description]) => ({
    name: key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    description,
    value: () => String(limits[key as keyof ServerLimits]),
  }));
  return limiter instanceof ConstantLimiter ? [maxConcurrencyFlag(limiter), ...flags] : flags;
}

function maxConcurrencyFlag(limiter: ConstantLimiter): ServerFlag {
  const name = "max_concurrency";
  return {
    name,
    description: descriptions.maxConcurrency,
    value: () => String(limiter.limit),
    set(text) {
      if (!/^[1-9]\d{0,8}$/.test(text)) {
        const message = `${name} must be a whole number from 1 on, not ${quoteValue(text)}`;
        throw new ServeError(Code.invalidArgument, message);
      }
      limiter.limit = Number(text);
    },
  };
}
