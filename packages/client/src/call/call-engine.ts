import type { Clock, ServeError } from "@paddlewheel/core";
import type { Cluster } from "../cluster/cluster.js";
import type { HostTransport } from "../transport/host-transport.js";
import type { CallAnswer, CallRequest } from "./call-request.js";

/** How failed attempts are repeated; see `defaultRetryPolicy`. */
export interface RetryPolicy {
  /** Attempts after the first, at most. Default 2. */
  readonly maxRetries: number;
  /** Retries may be this share of the calls. Default 0.1. */
  readonly budgetShare: number;
  /** So many retries at once are allowed whatever the share. Default 3. */
  readonly minConcurrent: number;
  /** Wait before the first retry in ms, ± 20 %; doubled with each up to the second. Default 50 and 2000. */
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
}

/** When a second host is asked while the first has not answered. */
export interface HedgePolicy {
  /** Time without an answer, in ms; `"p95"`: as long as 95 % of the last calls took. */
  readonly after: number | "p95";
  /** Hedged calls may be this share of all. Default 0.05. */
  readonly budgetShare?: number;
}

export interface CallEngineOptions {
  readonly cluster: Cluster;
  /** Makes the transport to a host, once for as long as the host is in the cluster. */
  readonly connect: (address: string) => HostTransport;
  /** What is left out has the values of `defaultRetryPolicy`. */
  readonly retry?: Partial<RetryPolicy>;
  /** Default: calls are not hedged. */
  readonly hedge?: HedgePolicy | undefined;
  /** Names for the details of errors. */
  readonly endpoint?: string;
  readonly variant?: string;
  readonly clock?: Clock;
  /** Numbers from 0 to below 1. Default Math.random. */
  readonly random?: () => number;
}

/** How a call ended. */
export type CallOutcome = { readonly answer: CallAnswer } | { readonly error: ServeError };

/** A call under way. */
export interface RunningCall {
  /** Ends the call with `cancelled`. Idempotent, also after the end. */
  cancel(): void;
}

/** Calls the hosts of a cluster: each call has one deadline, and as many attempts as are safe and of use. */
export interface CallEngine {
  /**
   * @throws ServeError of the server that answered last; `deadlineExceeded`, `cancelled`; `unavailable` when no server can be
   * reached. Its details name endpoint, variant and host, and every attempt.
   */
  call(request: CallRequest): Promise<CallAnswer>;
  /** The same without a promise; `onEnd` is called once, and never within `start`. */
  start(request: CallRequest, onEnd: (outcome: CallOutcome) => void): RunningCall;
  /** Ends the calls and the connections; the cluster stays as it is. Idempotent. */
  close(): void;
}
