import { defaultHttp2Limits, type Http2Limits, resolveHttp2Limits } from "../limits/http2-limits.js";

/** Limits of the serving end that mean nothing at the other: how long a call may take is for its caller to say. */
type ServerOnly =
  | "maxConcurrentStreams"
  | "minDataFrameSize"
  | "bodyTimeoutMs"
  | "minBodyRate"
  | "bodyRateGraceMs"
  | "responseTimeoutMs"
  | "maxUnsentBytes"
  | "maxAgeMs"
  | "drainTimeoutMs";

/** Every limit of a client. Those it shares with servers bound what the other end may send. */
export interface ClientLimits extends Omit<Http2Limits, ServerOnly> {
  /** Time to connect to the server, with TLS if it has that, in ms. SETTINGS have as long again. */
  readonly connectTimeoutMs: number;
  /** Requests that wait for a connection or for one of the streams the server allows; further ones are refused. */
  readonly maxWaitingRequests: number;
  /** Requests on one connection; the next has another. All the stream ids there are by default. */
  readonly maxRequests: number;
  /**
   * Streams of a connection that are reset when their request is taken back: `cancelBurst` at once and `cancelsPerSecond`
   * over time. A further one is given up here only: its answer is thrown away, and the reset follows when there is room.
   *
   * Servers end connections whose peer resets too much, with all requests on them: those on nghttp2 (Node's, Envoy's)
   * after 1000 at once and 33/s, ours after 250 in 10 s. The defaults make 245 in the 11 s a window of ours can have.
   */
  readonly cancelsPerSecond: number;
  readonly cancelBurst: number;
  /** Time without new attempts after a connection failed, in ms, ± 20 %; doubled with each failure up to the second. */
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
}

/** With the values that turn the limits of servers off. */
export type ResolvedClientLimits = ClientLimits & Http2Limits;

const none: number = Number.MAX_SAFE_INTEGER;

const serverOnly: Pick<Http2Limits, ServerOnly> = {
  maxConcurrentStreams: 0,
  minDataFrameSize: 0,
  bodyTimeoutMs: none,
  minBodyRate: 0,
  bodyRateGraceMs: none,
  responseTimeoutMs: none,
  maxUnsentBytes: none,
  maxAgeMs: 0,
  drainTimeoutMs: none,
};

export const defaultClientLimits: ClientLimits = {
  ...defaultHttp2Limits,
  connectTimeoutMs: 10_000,
  maxWaitingRequests: 10_000,
  maxRequests: 2 ** 30,
  cancelsPerSecond: 20,
  cancelBurst: 25,
  minBackoffMs: 50,
  maxBackoffMs: 2000,
};

/**
 * The limits with defaults for what `given` leaves out.
 * @throws RangeError when one is not a whole number in its range.
 */
export function resolveClientLimits(given: Partial<ClientLimits> = {}): ResolvedClientLimits {
  const limits = { ...defaultClientLimits, ...given, ...serverOnly };
  resolveHttp2Limits(limits);
  return limits;
}
