import type { Http2Limits } from "../limits/http2-limits.js";

/** What a connection is seen to be when its time is looked after; times in ms of the clock. */
export interface ConnectionAges {
  readonly now: number;
  readonly startedAt: number;
  /** SETTINGS of the peer have come and it has acknowledged ours. */
  readonly isSettled: boolean;
  /** When bytes of the peer were last seen. */
  readonly heardAt: number;
  /** When a PING to a silent peer left that is not answered. */
  readonly pingedAt: number | undefined;
  /** Since when there is no stream; undefined while there is one. */
  readonly idleSince: number | undefined;
  /** Since when the connection is going away. */
  readonly drainingSince: number | undefined;
  /** The age at which this one is to go, with its share of chance. */
  readonly maxAgeMs: number;
}

/** What is due; the names are those under which a limit is counted, but for `ping`. */
export type Upkeep =
  | "none"
  | "ping"
  | "settings_timeout"
  | "keepalive_timeout"
  | "connection_idle"
  | "connection_age"
  | "drain_timeout";

/** Tells what is due on a connection; 0 turns a limit off where that makes sense. */
export function planUpkeep(ages: ConnectionAges, limits: Http2Limits): Upkeep {
  const { now, pingedAt, drainingSince } = ages;
  if (!ages.isSettled) return now - ages.startedAt > limits.settingsTimeoutMs ? "settings_timeout" : "none";
  if (pingedAt !== undefined && now - pingedAt > limits.keepaliveTimeoutMs) return "keepalive_timeout";
  if (drainingSince !== undefined) {
    return now - drainingSince > limits.drainTimeoutMs ? "drain_timeout" : "none";
  }
  if (isDue(ages.idleSince, limits.idleTimeoutMs, now)) return "connection_idle";
  if (isDue(ages.startedAt, ages.maxAgeMs, now)) return "connection_age";
  if (pingedAt === undefined && isDue(ages.heardAt, limits.keepaliveMs, now)) return "ping";
  return "none";
}

function isDue(since: number | undefined, afterMs: number, now: number): boolean {
  return since !== undefined && afterMs > 0 && now - since > afterMs;
}
