import { type Clock, Code, ServeError } from "@paddlewheel/core";
import type { Cluster } from "../cluster/cluster.js";
import type { HostTransport } from "../transport/host-transport.js";
import type { CallObserver } from "./call-observer.js";

/** When failed attempts are repeated. */
export interface RetryPolicy {
  /** Attempts after the first, at most; 0 for none. Default 2. */
  readonly maxRetries: number;
  /**
   * Retries may be this share of the calls, as more would bury servers that are overloaded. Default 0.1. Those at another
   * host that take the place of an attempt which reached nobody do not count.
   */
  readonly budgetShare: number;
  /** Beyond that so many at once, and as many again each second, for clients with few calls. Default 3. */
  readonly minPerSecond: number;
  /** Wait before the first retry in ms, ± 20 %; doubled with each up to the second. Default 50 and 2000. */
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
}

/** When a second host is asked too, as the first has not answered. */
export interface HedgePolicy {
  /** Time without an answer, in ms; `"p95"`: as long as 95 % of the last answers took, each from its own host. */
  readonly after: number | "p95";
  /** Hedged calls may be this share of all. Default 0.05. */
  readonly budgetShare: number;
  /** Calls with a larger message are not hedged: they would take the way twice. Default 1 MiB. */
  readonly maxMessageBytes: number;
}

export interface CallEngineOptions {
  readonly cluster: Cluster;
  /** Makes the transport to a host, once for as long as the host is in the cluster. */
  readonly connect: (address: string) => HostTransport;
  /** What is left out has the values of `defaultRetryPolicy`. */
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Default: calls are not hedged. */
  readonly hedge?: (Pick<HedgePolicy, "after"> & Partial<HedgePolicy>) | undefined;
  /** Names for the details of errors. */
  readonly endpoint?: string | undefined;
  readonly variant?: string | undefined;
  /** Is told of calls and attempts; see `measureCalls`. */
  readonly observer?: CallObserver | undefined;
  /** Default: the system's, whose timers keep the process alive while a call waits for its next attempt. */
  readonly clock?: Clock;
  /** Numbers from 0 to below 1. Default Math.random. */
  readonly random?: () => number;
}

export const defaultRetryPolicy: RetryPolicy = {
  maxRetries: 2,
  budgetShare: 0.1,
  minPerSecond: 3,
  minBackoffMs: 50,
  maxBackoffMs: 2000,
};

export const defaultHedgePolicy: Omit<HedgePolicy, "after"> = {
  budgetShare: 0.05,
  maxMessageBytes: 1024 * 1024,
};

/** @throws ServeError invalidArgument for a number out of its range. */
export function resolveRetryPolicy(given: Partial<RetryPolicy> = {}): RetryPolicy {
  const policy = { ...defaultRetryPolicy, ...given };
  checkNumbers("retry", policy);
  return policy;
}

/** @throws ServeError invalidArgument for a number out of its range. */
export function resolveHedgePolicy(given: CallEngineOptions["hedge"]): HedgePolicy | undefined {
  if (!given) return undefined;
  const policy = { ...defaultHedgePolicy, ...given };
  checkNumbers("hedge", policy);
  return policy;
}

function checkNumbers(of: string, policy: object): void {
  for (const [name, value] of Object.entries(policy) as [string, unknown][]) {
    const isShare = name === "budgetShare";
    if (name === "after" && value === "p95") continue;
    if (typeof value === "number" && value >= 0 && value <= (isShare ? 1 : Number.MAX_SAFE_INTEGER)) continue;
    const range = isShare ? "between 0 and 1" : "a number from 0 on";
    throw new ServeError(Code.invalidArgument, `${of}.${name}: ${String(value)} is not ${range}`);
  }
}
