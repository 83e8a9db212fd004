import type { MaxConcurrency } from "@paddlewheel/core";

/** Every limit of the server; each refusal counts in `limit_exceeded_total{limit}`. */
export interface ServerLimits {
  /** Largest message or body in bytes, also after decompression. 64 MiB is brpc's and Paddle's default. */
  readonly maxBodySize: number;
  /** Largest JSON body in bytes: parsing 16 MiB holds the event loop for about half a second. */
  readonly maxJsonSize: number;
  /** Pieces one HTTP body may come in; a million one-byte chunks cost hundreds of MB. */
  readonly maxBodyChunks: number;
  /** Calls at work in the process before new ones are refused; 0 is no limit (Paddle's `max_concurrency`). */
  readonly maxConcurrency: MaxConcurrency;
  /**
   * Open connections; further ones are closed at once. Never more than half of the files the process may open, less 128:
   * models, logs and Op modules need some too. Envoy has as many per listener.
   */
  readonly maxConnections: number;
  /** Concurrent requests on one connection; over HTTP/2 further ones wait at the client, else they are refused. */
  readonly maxConcurrentStreams: number;
  /** Bytes of answers that one connection may leave unread; brpc allows a socket as much. Beyond, it is cut off. */
  readonly maxUnwrittenBytes: number;
  /** Frames without a call that one baidu_std connection may send before it is closed; honest clients send none. */
  readonly maxEmptyFrames: number;
  /**
   * Open connections from one address, or one /64 of IPv6; 0 is no limit. A load balancer in front is one address, so
   * whoever has one sets this to 0 and limits there. Addresses of this machine have no limit: they are proxies.
   */
  readonly maxConnectionsPerIp: number;
  /** Requests on one HTTP/1.1 connection; the last is answered with `Connection: close`, so that load spreads. */
  readonly maxRequestsPerConnection: number;
  /** Headers of a request in bytes, over HTTP/2 with 32 for each field, and how many; as Node, and more than any caller needs. */
  readonly maxHeaderSize: number;
  readonly maxHeaderFields: number;
  /** Path and query of an HTTP request in characters; ours need below 300. */
  readonly maxUrlLength: number;
  /** Time for the first bytes of a connection, in ms; ends silent peers. */
  readonly firstByteTimeoutMs: number;
  /** Time for a TLS handshake, in ms; then the first bytes have theirs. */
  readonly handshakeTimeoutMs: number;
  /** Time for an HTTP/1.1 header and for a whole request, of any protocol, in ms. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Bytes a second, after a time of grace in ms, below which a body is cut off; 0 takes any. */
  readonly minBodyRate: number;
  readonly bodyRateGraceMs: number;
  /** Time in which some of an answer must leave, in ms; ends peers that ask and do not read. */
  readonly responseTimeoutMs: number;
  /** An HTTP/2 connection is asked to be replaced after this ± 10 %, in ms, so that load spreads; 0 is never. */
  readonly maxConnectionAgeMs: number;
  /** An HTTP or baidu_std connection without a request is closed after this, in ms; longer than load balancers keep theirs. */
  readonly keepAliveTimeoutMs: number;
  /** A call whose caller gives no deadline gets this one, in ms; 0 is none. */
  readonly defaultTimeoutMs: number;
  /** The longest deadline a caller may ask for, in ms. */
  readonly maxTimeoutMs: number;
  /**
   * Delay of the event loop, of one turn in a hundred, in ms: above it for 2 s a quarter of the calls is refused, above ten
   * times as much all are, and the server is not ready. 100 is good for a server that has its cores for itself; 0, which
   * is none, is the default, as on shared ones a neighbour delays it just as well.
   */
  readonly maxLoopDelayMs: number;
  /**
   * Heap in use in percent of the largest there may be: from it on all calls are refused, from 10 below a quarter of them.
   * Beyond it V8 does little but collect garbage, and then ends the process. 0 is no limit.
   */
  readonly maxHeapPercent: number;
  /** A stopping server waits this long for calls at work, in ms. */
  readonly drainTimeoutMs: number;
}

export const defaultLimits: ServerLimits = {
  maxBodySize: 64 * 1024 * 1024,
  maxJsonSize: 16 * 1024 * 1024,
  maxBodyChunks: 65_536,
  maxConcurrency: 0,
  maxConnections: 10_000,
  maxConnectionsPerIp: 256,
  maxRequestsPerConnection: 10_000,
  maxConcurrentStreams: 1000,
  maxUnwrittenBytes: 64 * 1024 * 1024,
  maxEmptyFrames: 100,
  maxHeaderSize: 16 * 1024,
  maxHeaderFields: 100,
  maxUrlLength: 2048,
  firstByteTimeoutMs: 5000,
  handshakeTimeoutMs: 10_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  minBodyRate: 1024,
  bodyRateGraceMs: 5000,
  responseTimeoutMs: 30_000,
  maxConnectionAgeMs: 30 * 60_000,
  keepAliveTimeoutMs: 65_000,
  defaultTimeoutMs: 60_000,
  maxTimeoutMs: 24 * 60 * 60 * 1000,
  maxLoopDelayMs: 0,
  maxHeapPercent: 90,
  drainTimeoutMs: 30_000,
};
