import { systemClock } from "@paddlewheel/core";
import { closedTransport } from "../transport/attempt-failure.js";
import { type CallEngineOptions, resolveHedgePolicy, resolveRetryPolicy } from "./call-options.js";
import type { CallAnswer, CallOutcome, CallRequest, RunningCall } from "./call-request.js";
import { type CallHost, CallRun } from "./call-run.js";
import { HostConnections } from "./host-connections.js";
import { LatencyWindow } from "./latency-window.js";
import { ShareBudget } from "./share-budget.js";
import { waitingClock } from "./waiting-clock.js";

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

/** @throws ServeError invalidArgument for a policy with a number out of its range. */
export function createCallEngine(options: CallEngineOptions): CallEngine {
  return new ClusterCallEngine(options);
}

class ClusterCallEngine implements CallEngine {
  readonly #host: CallHost;
  readonly #forgetHosts: () => void;
  #isClosed = false;

  constructor(options: CallEngineOptions) {
    const { cluster, connect, clock = systemClock, random = Math.random } = options;
    const { endpoint, variant, observer } = options;
    const retry = resolveRetryPolicy(options.retry);
    const hedge = resolveHedgePolicy(options.hedge);
    const connections = new HostConnections(connect);
    this.#host = {
      cluster,
      connections,
      retry,
      retryBudget: new ShareBudget({ share: retry.budgetShare, minPerSecond: retry.minPerSecond, clock }),
      hedge,
      hedgeBudget: new ShareBudget({ share: hedge?.budgetShare ?? 0, minPerSecond: 0, clock }),
      latencies: hedge?.after === "p95" ? new LatencyWindow() : undefined,
      names: { endpoint, variant },
      observer,
      clock,
      waitingClock: options.clock ?? waitingClock,
      random,
      waiting: new Set(),
    };
    this.#forgetHosts = cluster.onHosts((hosts) => connections.keepOnly(hosts));
  }

  call(request: CallRequest): Promise<CallAnswer> {
    return new Promise((resolve, reject) => {
      this.start(request, (outcome) => {
        if ("answer" in outcome) resolve(outcome.answer);
        else reject(outcome.error);
      });
    });
  }

  start(request: CallRequest, onEnd: (outcome: CallOutcome) => void): RunningCall {
    const run = new CallRun(this.#host, request, onEnd);
    if (this.#isClosed) queueMicrotask(() => run.fail(closedTransport()));
    else run.start();
    return run;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#forgetHosts();
    for (const run of [...this.#host.waiting]) run.fail(closedTransport());
    this.#host.connections.close();
  }
}
