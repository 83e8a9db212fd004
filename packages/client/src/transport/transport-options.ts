import { type Clock, Code, ServeError } from "@paddlewheel/core";
import type { ClientSecurity } from "../security/client-security.js";
import type { HttpBodyOptions } from "./http/body-options.js";

/** How calls share connections to a host. Source: brpc's ConnectionType. */
export const ConnectionType = {
  /** One connection with many calls in flight. */
  single: "single",
  /** One call at a time on a connection; connections are kept for the next call. */
  pooled: "pooled",
  /** A connection for each call. */
  short: "short",
} as const;
export type ConnectionType = (typeof ConnectionType)[keyof typeof ConnectionType];

/** Every limit of the connections to one host. */
export interface TransportLimits {
  /** Time to connect, with TLS if there is any, in ms. Default 2000, as in Paddle Serving's conf. */
  readonly connectTimeoutMs: number;
  /** Connections at once of the types pooled and short. Default 100. Source: brpc's max_connection_pool_size. */
  readonly maxConnections: number;
  /** How long a pooled connection is kept without a call, in ms. Default 30000. Source: brpc's idle_timeout_second. */
  readonly idleTimeoutMs: number;
  /** Calls in flight on a single connection; further ones are refused. Default 10000. */
  readonly maxInFlight: number;
  /** Calls that wait for a pooled or short connection; further ones are refused. Default 10000. */
  readonly maxWaiting: number;
  /**
   * A connection that has so many bytes to write takes no further call, in bytes. Default 64 MiB.
   * Source: brpc's socket_max_unwritten_bytes.
   */
  readonly maxUnwrittenBytes: number;
  /** Largest answer in bytes, packed and unpacked. Default 512 MiB. Source: FLAGS_max_body_size of Paddle Serving's client. */
  readonly maxAnswerBytes: number;
}

export const defaultTransportLimits: TransportLimits = {
  connectTimeoutMs: 2000,
  maxConnections: 100,
  idleTimeoutMs: 30_000,
  maxInFlight: 10_000,
  maxWaiting: 10_000,
  maxUnwrittenBytes: 64 * 1024 * 1024,
  maxAnswerBytes: 512 * 1024 * 1024,
};

export interface HostTransportOptions {
  /** `host:port`; an IPv6 address stands in brackets. */
  readonly address: string;
  /** Default: plain connections, and no token. */
  readonly security?: ClientSecurity;
  readonly clock?: Clock;
  /** Default: the first that the protocol has, of single and pooled. */
  readonly connectionType?: ConnectionType | undefined;
  /**
   * Single connections that calls take turns on, so that what ends one does not end all calls. Default 1.
   */
  readonly connectionCount?: number;
  /** What is left out has the values of `defaultTransportLimits`. */
  readonly limits?: Partial<TransportLimits>;
  /** How HTTP carries messages; the other protocols take no notice of it. */
  readonly http?: HttpBodyOptions | undefined;
}

/**
 * The limits with defaults for what `given` leaves out.
 * @throws ServeError invalidArgument for one that is no whole number from 1 on.
 */
export function resolveTransportLimits(given: Partial<TransportLimits> = {}): TransportLimits {
  const limits = { ...defaultTransportLimits, ...given };
  for (const [name, value] of Object.entries(limits)) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new ServeError(Code.invalidArgument, `${name}: ${value} is not a whole number from 1 on`);
  }
  return limits;
}

/** @throws ServeError invalidArgument for a type that the protocol has not, or a count that is no whole number from 1 on. */
export function checkConnections(
  { connectionType, connectionCount = 1 }: HostTransportOptions,
  known: readonly ConnectionType[],
  protocol: string,
): void {
  if (connectionType !== undefined && !known.includes(connectionType)) {
    const message = `connection type ${connectionType}: ${protocol} has only ${known.join(" and ")}`;
    throw new ServeError(Code.invalidArgument, message);
  }
  if (Number.isSafeInteger(connectionCount) && connectionCount >= 1) return;
  const message = `connectionCount: ${connectionCount} is not a whole number from 1 on`;
  throw new ServeError(Code.invalidArgument, message);
}
