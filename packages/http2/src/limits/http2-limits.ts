import { minMaxFrameSize } from "../frame/frame-type.js";

/** Every limit of one connection. Those that refuse a peer are counted by their LimitName. */
export interface Http2Limits {
  /** Requests open at once; further ones are refused, which costs the peer a retry. 100 is what the RFC asks for at least. */
  readonly maxConcurrentStreams: number;
  /** A header list in bytes, 32 for each field included; Node's HTTP/1 takes as much. A larger one is answered with 431. */
  readonly maxHeaderListSize: number;
  /** Fields of a header list; a larger one is answered with 431. */
  readonly maxHeaderFields: number;
  /** A header block in bytes as it travels: no sane encoder needs more than the list. A larger one ends the connection. */
  readonly maxHeaderBlockSize: number;
  /** CONTINUATION frames of one header block; enough for 64 KiB in the smallest frames peers cut at. */
  readonly maxContinuations: number;
  /** Largest payload of a frame from the peer in bytes; larger ones would not be faster: DATA is read in pieces anyway. */
  readonly maxFrameSize: number;
  /**
   * Bytes the peer may send on a stream, and on all together, ahead of us. Bodies are taken as they come, so a window
   * costs no memory here; it must hold what is on the way, and a tensor of 600 KB should not wait for a round trip.
   */
  readonly streamWindowSize: number;
  readonly connectionWindowSize: number;
  /**
   * Streams the peer may cancel, or spoil by its errors, in `resetWindowMs` when they are also half of those it opened
   * ("rapid reset"). Half, because cancelled calls are normal when a server is slow.
   */
  readonly maxResets: number;
  readonly resetWindowMs: number;
  /**
   * Frames that bring no work on: SETTINGS, PING, PRIORITY, WINDOW_UPDATE, empty DATA, unknown ones, those that come after
   * the end of their stream. This many at once, and `idleFramesPerSecond` more over time; each request and each KiB sent earns some back, as honest peers answer these.
   */
  readonly maxIdleFrames: number;
  readonly idleFramesPerSecond: number;
  /**
   * A DATA frame with fewer bytes that does not end its stream brings little work on for what it costs, and counts as one
   * of those; each KiB of data that comes earns one back. 0 counts none.
   */
  readonly minDataFrameSize: number;
  /** Time for a frame, or a whole header block, to come once it has begun, DATA not counted, in ms. */
  readonly frameTimeoutMs: number;
  /** Time from the start of a request to the end of its body, in ms; a stream may set its own. */
  readonly bodyTimeoutMs: number;
  /**
   * Bytes of a second below which a body that is older than `bodyRateGraceMs` ends its stream; of bodies with a time limit
   * only. A tenth of the slowest phone line; whoever sends slower holds a stream for no work. 0 takes any.
   */
  readonly minBodyRate: number;
  readonly bodyRateGraceMs: number;
  /** Time an answer may wait without a byte of it leaving, in ms. */
  readonly responseTimeoutMs: number;
  /**
   * Bytes of answers a connection may have waiting while none leave; brpc allows a socket as much. They are in memory
   * anyway: this ends a peer that asks and does not read.
   */
  readonly maxUnsentBytes: number;
  /** Bytes handed to the socket and not written yet above which bodies wait, and above four times which reading waits. */
  readonly socketBufferSize: number;
  /** Time for the preface and SETTINGS of the peer, and for its answer to ours, in ms. */
  readonly settingsTimeoutMs: number;
  /** After so long without a byte from the peer it gets a PING, in ms. 0 is never. */
  readonly keepaliveMs: number;
  /** Time for the answer to that PING, in ms. */
  readonly keepaliveTimeoutMs: number;
  /** A connection without streams is closed after this, in ms. 0 is never. */
  readonly idleTimeoutMs: number;
  /** A connection is asked to be replaced after this ± 10 %, in ms: so load spreads over new servers. 0 is never. */
  readonly maxAgeMs: number;
  /** A connection that is going away has this long for its open streams, in ms. */
  readonly drainTimeoutMs: number;
  /** A connection that has ended is destroyed after this, in ms: long enough for the peer to read why. */
  readonly closeTimeoutMs: number;
}

export const defaultHttp2Limits: Http2Limits = {
  maxConcurrentStreams: 100,
  maxHeaderListSize: 16 * 1024,
  maxHeaderFields: 100,
  maxHeaderBlockSize: 32 * 1024,
  maxContinuations: 8,
  maxFrameSize: 16 * 1024,
  streamWindowSize: 1024 * 1024,
  connectionWindowSize: 16 * 1024 * 1024,
  maxResets: 250,
  resetWindowMs: 10_000,
  maxIdleFrames: 1000,
  idleFramesPerSecond: 100,
  minDataFrameSize: 64,
  frameTimeoutMs: 10_000,
  bodyTimeoutMs: 30_000,
  minBodyRate: 1024,
  bodyRateGraceMs: 5000,
  responseTimeoutMs: 30_000,
  maxUnsentBytes: 64 * 1024 * 1024,
  socketBufferSize: 256 * 1024,
  settingsTimeoutMs: 10_000,
  keepaliveMs: 30_000,
  keepaliveTimeoutMs: 10_000,
  idleTimeoutMs: 300_000,
  maxAgeMs: 30 * 60_000,
  drainTimeoutMs: 60_000,
  closeTimeoutMs: 1000,
};

/** Names under which refusals are counted. */
export type LimitName =
  | "concurrent_streams"
  | "header_list"
  | "header_block"
  | "control_frame_size"
  | "resets"
  | "settings_flood"
  | "ping_flood"
  | "priority_flood"
  | "window_update_flood"
  | "empty_data_flood"
  | "small_data_flood"
  | "unknown_frame_flood"
  | "informational_flood"
  | "late_frame_flood"
  | "frame_timeout"
  | "body_timeout"
  | "body_rate"
  | "response_timeout"
  | "unsent_bytes"
  | "settings_timeout"
  | "keepalive_timeout"
  | "connection_idle"
  | "connection_age"
  | "drain_timeout";

const maxWindowSize = 2 ** 31 - 1;

/** What HTTP/2 itself demands of some limits; all others are whole numbers from 0 on. */
const ranges: Partial<Readonly<Record<keyof Http2Limits, readonly [min: number, max: number]>>> = {
  maxFrameSize: [minMaxFrameSize, 2 ** 24 - 1],
  // Smaller windows would be broken by whatever a peer rightly sends before it has seen our SETTINGS.
  streamWindowSize: [65_535, maxWindowSize],
  connectionWindowSize: [65_535, maxWindowSize],
};

/**
 * The limits with defaults for what `given` leaves out.
 * @throws RangeError when one is not a whole number in its range.
 */
export function resolveHttp2Limits(given: Partial<Http2Limits> = {}): Http2Limits {
  const limits = { ...defaultHttp2Limits, ...given };
  for (const [name, value] of Object.entries(limits) as [keyof Http2Limits, number][]) {
    const [min, max] = ranges[name] ?? [0, Number.MAX_SAFE_INTEGER];
    if (!Number.isSafeInteger(value) || value < min || value > max) {
      throw new RangeError(`${name} is ${value}, it must be a whole number from ${min} to ${max}`);
    }
  }
  return limits;
}
