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
  /** Open connections; further ones are closed at once. */
  readonly maxConnections: number;
  /** Concurrent requests on one HTTP/2 or baidu_std connection; over HTTP/2 further ones wait at the client, over baidu_std they are refused. */
  readonly maxConcurrentStreams: number;
  /** Bytes of answers that one baidu_std connection may leave unread; brpc allows a socket as much. Beyond, it is cut off. */
  readonly maxUnwrittenBytes: number;
  /** Frames without a call that one baidu_std connection may send before it is closed; honest clients send none. */
  readonly maxEmptyFrames: number;
  /** Time for the first bytes of a connection, in ms; ends silent peers. */
  readonly firstByteTimeoutMs: number;
  /** Time for a TLS handshake, in ms; then the first bytes have theirs. */
  readonly handshakeTimeoutMs: number;
  /** Time for an HTTP/1.1 header and for a whole request, of any protocol, in ms. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** An HTTP or baidu_std connection without a request is closed after this, in ms; longer than load balancers keep theirs. */
  readonly keepAliveTimeoutMs: number;
  /** A call whose caller gives no deadline gets this one, in ms; 0 is none. */
  readonly defaultTimeoutMs: number;
  /** The longest deadline a caller may ask for, in ms. */
  readonly maxTimeoutMs: number;
  /** A stopping server waits this long for calls at work, in ms. */
  readonly drainTimeoutMs: number;
}

export const defaultLimits: ServerLimits = {
  maxBodySize: 64 * 1024 * 1024,
  maxJsonSize: 16 * 1024 * 1024,
  maxBodyChunks: 65_536,
  maxConcurrency: 0,
  maxConnections: 10_000,
  maxConcurrentStreams: 1000,
  maxUnwrittenBytes: 64 * 1024 * 1024,
  maxEmptyFrames: 100,
  firstByteTimeoutMs: 5000,
  handshakeTimeoutMs: 10_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  defaultTimeoutMs: 60_000,
  maxTimeoutMs: 24 * 60 * 60 * 1000,
  drainTimeoutMs: 30_000,
};
