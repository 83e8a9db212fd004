import { type Clock, Code, ServeError, type Timer } from "@paddlewheel/core";
import type { Cluster, HostLease } from "../cluster/cluster.js";
import { aborted } from "../stopped-call.js";
import type { AttemptFailure } from "../transport/attempt-failure.js";
import type { Attempt, AttemptOutcome, OutgoingCall } from "../transport/host-transport.js";
import { type CallNames, describeFailure, type FailedAttempt } from "./call-failure.js";
import type { AttemptKind } from "./call-observer.js";
import type { HedgePolicy } from "./call-options.js";
import type { CallOutcome, CallRequest, RunningCall } from "./call-request.js";
import type { HostConnection, HostConnections } from "./host-connections.js";
import type { LatencyWindow } from "./latency-window.js";
import { outgoingCall } from "./outgoing-call.js";
import { Retries, type RetrySource } from "./retries.js";
import type { ShareBudget } from "./share-budget.js";

/** What all calls of an engine share. */
export interface CallHost extends RetrySource {
  readonly cluster: Cluster;
  readonly connections: HostConnections;
  readonly hedge: HedgePolicy | undefined;
  readonly hedgeBudget: ShareBudget;
  /** Undefined when nobody asks for their percentile. */
  readonly latencies: LatencyWindow | undefined;
  readonly names: CallNames;
  readonly clock: Clock;
  /** For what keeps the process alive. */
  readonly waitingClock: Clock;
  /** Calls that have no attempt under way. */
  readonly waiting: Set<CallRun>;
}

/** Nobody waits for an attempt any more: whyever, or because one that began later brought the answer. */
type Abandoned = "abandoned" | "outrun";

interface OpenAttempt {
  readonly kind: AttemptKind;
  readonly lease: HostLease;
  readonly connection: HostConnection;
  readonly startedAt: number;
  attempt: Attempt | undefined;
}

/** One call: its attempts, one after the other or two at once, until the first answer or the last failure. */
export class CallRun implements RunningCall {
  readonly #host: CallHost;
  readonly #request: CallRequest;
  readonly #onEnd: (outcome: CallOutcome) => void;
  readonly #startedAt: number;
  #outgoing: OutgoingCall;
  readonly #open: OpenAttempt[] = [];
  readonly #failures: FailedAttempt[] = [];
  /** Undefined until there is a second attempt to keep from the host of the first. */
  #tried: Set<string> | undefined;
  #firstHost = "";
  #attemptCount = 0;
  /** Undefined until an attempt fails. */
  #retries: Retries | undefined;
  #hedgeTime: Timer | undefined;
  /** How long the last wait for a hedge was. */
  #hedgeWaitMs = 0;
  #isHedgeDue = false;
  #backoff: Timer | undefined;
  #isOver = false;

  constructor(host: CallHost, request: CallRequest, onEnd: (outcome: CallOutcome) => void) {
    this.#host = host;
    this.#request = request;
    this.#onEnd = onEnd;
    this.#outgoing = outgoingCall(request);
    this.#startedAt = host.clock.now();
  }

  start(): void {
    const { signal } = this.#request;
    if (signal?.aborted) {
      this.#endSoon(aborted(signal));
      return;
    }
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.#host.retryBudget.onCall();
    const error = this.#launch("first", this.#startedAt);
    if (error) this.#awaitHost(() => this.#endSoon(error));
    else if (this.#host.hedge) this.#planHedge(this.#host.hedge);
  }

  cancel(): void {
    this.fail(new ServeError(Code.cancelled, "the caller cancelled the call"));
  }

  fail(error: ServeError): void {
    this.#finish({ error: describeFailure(error, this.#host.names, this.#failures) });
  }

  /** The first host takes its time. */
  #hedge(): void {
    const { clock, cluster, hedgeBudget } = this.#host;
    this.#hedgeTime = undefined;
    if (this.#open.length !== 1 || this.#attemptCount !== 1 || cluster.hosts.length < 2) return;
    if (!hedgeBudget.take()) this.#postponeHedge();
    // That there is nobody else to ask does not fail the call.
    else if (this.#launch("hedge", clock.now())) hedgeBudget.giveBack();
  }

  /** Starts an attempt; gives the error when there is no host for it. */
  #launch(kind: AttemptKind, now: number): ServeError | undefined {
    const { cluster } = this.#host;
    if (this.#attemptCount > 0) this.#tried ??= new Set([this.#firstHost]);
    try {
      const lease = cluster.pick({ requestCode: this.#request.requestCode, tried: this.#tried });
      if (kind !== "hedge" || !this.#tried?.has(lease.host.address)) return this.#attempt(kind, lease, now);
      lease.end({ latencyMs: 0, isAbandoned: true });
      return noOtherHost();
    } catch (error) {
      return ServeError.from(error);
    }
  }

  #attempt(kind: AttemptKind, lease: HostLease, now: number): ServeError | undefined {
    const { address } = lease.host;
    const connection = this.#connect(lease);
    if (connection instanceof ServeError) return connection;
    if (this.#attemptCount++ === 0) this.#firstHost = address;
    else {
      const timeoutMs = Math.max(this.#startedAt + this.#request.timeoutMs - now, 1);
      this.#tried?.add(address);
      this.#outgoing = { ...this.#outgoing, timeoutMs };
    }
    const open: OpenAttempt = { kind, lease, connection, startedAt: now, attempt: undefined };
    this.#open.push(open);
    open.attempt = connection.transport.start(this.#outgoing, (outcome) => this.#onAttemptEnd(open, outcome));
    return undefined;
  }

  #connect(lease: HostLease): HostConnection | ServeError {
    try {
      return this.#host.connections.take(lease.host.address);
    } catch (thrown) {
      const error = ServeError.from(thrown);
      lease.end({ latencyMs: 0, error });
      return error;
    }
  }

  #onAttemptEnd(open: OpenAttempt, outcome: AttemptOutcome): void {
    const now = this.#host.clock.now();
    this.#open.splice(this.#open.indexOf(open), 1);
    this.#close(open, now, "answer" in outcome ? undefined : outcome);
    if ("answer" in outcome) {
      // Of the attempt: with that of the call, hedges would come ever later while a host is silent.
      this.#host.latencies?.add(now - open.startedAt);
      this.#finish({ answer: { ...outcome.answer, host: open.lease.host.address } }, open.kind);
      return;
    }
    this.#failures.push({ host: open.lease.host.address, error: outcome.error });
    // The other attempt may still bring the answer.
    if (this.#open.length > 0) return;
    this.#hedgeTime?.cancel();
    this.#hedgeTime = undefined;
    const delayMs = this.#planRetry(outcome, now);
    if (delayMs === undefined) this.fail(outcome.error);
    else if (delayMs === 0) this.#retry();
    else this.#wait(delayMs);
  }

  /** How long to wait before another attempt, in ms; undefined when there is to be none. */
  #planRetry(failure: AttemptFailure, now: number): number | undefined {
    const { isIdempotent = true } = this.#request;
    const untriedCount = this.#host.cluster.hosts.length - (this.#tried?.size ?? 1);
    return this.#retriesOf().afterFailure(failure, { isIdempotent, untriedCount, now });
  }

  #retriesOf(): Retries {
    this.#retries ??= new Retries(this.#host, this.#startedAt + this.#request.timeoutMs);
    return this.#retries;
  }

  #wait(delayMs: number): void {
    this.#host.waiting.add(this);
    this.#backoff = this.#host.waitingClock.setTimer(() => {
      this.#host.waiting.delete(this);
      this.#retry();
    }, delayMs);
  }

  #retry(): void {
    const retries = this.#retriesOf();
    const last = this.#failures.at(-1)?.error;
    const now = this.#host.clock.now();
    if (!retries.pay()) {
      this.#waitOr(retries.withoutBudget(now), () => this.fail(last ?? noOtherHost()));
      return;
    }
    const error = this.#launch(this.#attemptCount === 0 ? "first" : "retry", now);
    if (error) this.#awaitHost(() => this.fail(last ?? error));
  }

  #awaitHost(giveUp: () => void): void {
    const { clock, cluster } = this.#host;
    this.#waitOr(cluster.isDown ? this.#retriesOf().withoutHost(clock.now()) : undefined, giveUp);
  }

  #waitOr(delayMs: number | undefined, giveUp: () => void): void {
    if (delayMs === undefined) giveUp();
    else this.#wait(delayMs);
  }

  #planHedge({ after, maxMessageBytes }: HedgePolicy): void {
    const { cluster, hedgeBudget, latencies } = this.#host;
    const { isIdempotent = true, message, timeoutMs } = this.#request;
    hedgeBudget.onCall();
    const delayMs = after === "p95" ? latencies?.p95 : after;
    if (delayMs === undefined || delayMs >= timeoutMs) return;
    if (!isIdempotent || message.length > maxMessageBytes || cluster.hosts.length < 2) return;
    this.#waitForHedge(delayMs);
  }

  #waitForHedge(delayMs: number): void {
    this.#hedgeWaitMs = delayMs;
    this.#hedgeTime = this.#host.clock.setTimer(() => this.#hedge(), delayMs);
  }

  /** A host that is silent takes more hedges at once than there is budget for; it comes back with further calls. */
  #postponeHedge(): void {
    const { clock, observer } = this.#host;
    if (!this.#isHedgeDue) observer?.onBudgetSpent("hedge");
    this.#isHedgeDue = true;
    const delayMs = Math.max(2 * this.#hedgeWaitMs, 1);
    if (clock.now() + delayMs < this.#startedAt + this.#request.timeoutMs) this.#waitForHedge(delayMs);
  }

  readonly #onAbort = (): void => {
    const { signal } = this.#request;
    if (signal) this.fail(aborted(signal));
  };

  #endSoon(error: ServeError): void {
    queueMicrotask(() => this.fail(error));
  }

  #finish(outcome: CallOutcome, answeredBy?: AttemptKind): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { clock, observer, waiting } = this.#host;
    this.#request.signal?.removeEventListener("abort", this.#onAbort);
    this.#hedgeTime?.cancel();
    if (this.#backoff) {
      this.#backoff.cancel();
      waiting.delete(this);
    }
    if (this.#open.length > 0) this.#abandonAll(clock.now(), answeredBy === "hedge" ? "outrun" : "abandoned");
    if (observer) {
      const latencyMs = clock.now() - this.#startedAt;
      const error = "error" in outcome ? outcome.error : undefined;
      observer.onCall({ latencyMs, attemptCount: this.#attemptCount, answeredBy, error });
    }
    this.#onEnd(outcome);
  }

  #abandonAll(now: number, end: Abandoned): void {
    for (const open of this.#open.splice(0)) {
      open.attempt?.abandon();
      this.#close(open, now, end);
    }
  }

  /** Tells cluster and observer how an attempt went. */
  #close(open: OpenAttempt, now: number, end: AttemptFailure | Abandoned | undefined): void {
    const { connections, observer } = this.#host;
    const { kind, lease, connection, startedAt } = open;
    const latencyMs = now - startedAt;
    const isAbandoned = typeof end === "string";
    const { error, stage } = isAbandoned ? noFailure : (end ?? noFailure);
    connections.release(connection);
    lease.end({ latencyMs, error, stage, isAbandoned, isOutrun: end === "outrun" });
    observer?.onAttempt({ host: lease.host.address, kind, latencyMs, error, isAbandoned });
  }
}

const noFailure = { error: undefined, stage: undefined };

function noOtherHost(): ServeError {
  return new ServeError(Code.unavailable, "there is no other host");
}
