import {
  type Call,
  Code,
  type Counter,
  type Logger,
  limitCounter,
  type Metrics,
  type Secret,
  ServeError,
} from "@paddlewheel/core";
import { type Authenticator, openToAll } from "../auth/authenticator.js";
import type { ServerLimits } from "../limits.js";
import { type AccessLog, loggedAccess } from "../observe/access-log.js";
import type { OverloadGuard } from "../overload/overload-guard.js";
import { CallRecorder } from "./call-recorder.js";
import type { CallTracer } from "./call-tracer.js";
import type { CallOutcome, ConcurrencyLimiter } from "./limiter/concurrency-limiter.js";
import { createLimiter } from "./limiter/create-limiter.js";
import { LimiterMetrics } from "./limiter/limiter-metrics.js";
import { presentableText } from "./presentable-text.js";
import type { FoundMethod, ServiceDirectory } from "./service-directory.js";

export interface CallGateOptions {
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracer: CallTracer;
  /** Knows the statistics of each method. */
  readonly directory: ServiceDirectory;
  /** Without it anybody may call anything. */
  readonly authenticator?: Authenticator | undefined;
  /** Refuses calls when there is too much to do; default none. */
  readonly overload?: OverloadGuard | undefined;
  /** Default: through `logger`. */
  readonly accessLog?: AccessLog | undefined;
}

/**
 * The way every call takes, whatever its transport: admitted or refused, run, counted, logged, and finished. It also
 * knows how many calls are at work, which a stopping server waits for.
 */
export class CallGate {
  /** Begins the traces of calls and gives them out; transports make their calls with it. */
  readonly tracer: CallTracer;
  readonly #logger: Logger;
  readonly #recorder: CallRecorder;
  readonly #directory: ServiceDirectory;
  readonly #limiter: ConcurrencyLimiter | undefined;
  readonly #tooLarge: Counter;
  readonly #limiterMetrics: LimiterMetrics;
  readonly #authenticator: Authenticator | undefined;
  readonly #overload: OverloadGuard | undefined;
  #isReady = false;
  #atWork = 0;
  #unhostedErrors = 0;

  constructor(options: CallGateOptions) {
    this.tracer = options.tracer;
    this.#logger = options.logger;
    this.#authenticator = options.authenticator;
    this.#overload = options.overload;
    const { metrics, logger, accessLog = loggedAccess(logger) } = options;
    this.#recorder = new CallRecorder({ metrics, accessLog });
    this.#directory = options.directory;
    this.#limiter = createLimiter(options.limits.maxConcurrency, "calls");
    this.#tooLarge = limitCounter(metrics, "message_size");
    this.#limiterMetrics = new LimiterMetrics(metrics);
    if (this.#limiter) this.#limiterMetrics.add(this.#limiter, "max_concurrency");
    options.metrics.observedGauge(
      { name: "paddlewheel_calls_at_work", help: "Calls admitted and not answered yet." },
      () => this.#atWork,
    );
  }

  /** Calls are refused with `unavailable` until the server is ready. */
  open(): void {
    for (const { service, method, limiter } of this.#directory.methods()) {
      const labels = { service: service.name, method: method.name };
      if (limiter) this.#limiterMetrics.add(limiter, "method_max_concurrency", labels);
    }
    this.#isReady = true;
  }

  /** Calls admitted and not answered yet. */
  get atWork(): number {
    return this.#atWork;
  }

  /** Calls that failed because nobody hosts their method. */
  get unhostedErrors(): number {
    return this.#unhostedErrors;
  }

  /** What limits the calls at work, if anything does. */
  get limiter(): ConcurrencyLimiter | undefined {
    return this.#limiter;
  }

  /** Whether some may be refused for who they are. */
  get hasAuthenticator(): boolean {
    return this.#authenticator !== undefined;
  }

  /** No call is at work. */
  get isIdle(): boolean {
    return this.#atWork === 0;
  }

  /**
   * Takes a call in: from here on it is at work, until `succeed` or `fail`. Gives the error to answer with instead when
   * the call is refused; it is over then.
   * @param credential as the caller sent it, the same object where the same bytes come again
   */
  begin(call: Call, credential?: Secret): ServeError | undefined {
    this.#atWork++;
    const found = this.#directory.get(call.service, call.method);
    found?.stats.begin();
    const refusal = this.#authenticator?.refuse(call.service, credential) ?? this.#refusal(call, found);
    return refusal && this.fail(call, refusal);
  }

  /** Why somebody with this credential may not have what is no call: a page, say. Logs it. */
  refuse(scope: string, credential: Secret | undefined): ServeError | undefined {
    const refusal = (this.#authenticator ?? openToAll).refuse(scope, credential);
    // Calls have a line of their own that says so.
    if (refusal) this.#logger.info({ scope, code: refusal.code, error: refusal.message }, "refused");
    return refusal;
  }

  /** The call has its answer, in bytes. */
  succeed(call: Call): void {
    this.#finish(call, undefined, "ok");
  }

  /**
   * Whatever went wrong comes out as a ServeError that may be shown to the caller: a failure of our own is logged in full
   * and leaves as "internal error" with the request id.
   */
  fail(call: Call, thrown: unknown): ServeError {
    const error = this.#presentable(call, ServeError.from(thrown));
    return this.#end(call, error, outcomeOf(error));
  }

  /** As `fail`, for what is no request as its protocol wants it: no failure of ours, though gRPC's code for it is internal. */
  reject(call: Call, fault: ServeError): ServeError {
    return this.#end(call, withText(fault, presentableText(fault.message)), "neutral");
  }

  /**
   * Runs `work` for `call` from `begin` to its end and gives its result.
   * @throws ServeError as `begin` and `fail` give it.
   */
  async run<T>(call: Call, work: () => Promise<T> | T, credential?: Secret): Promise<T> {
    const refusal = this.begin(call, credential);
    if (refusal) throw refusal;
    let result: T;
    try {
      result = await work();
    } catch (thrown) {
      throw this.fail(call, thrown);
    }
    this.succeed(call);
    return result;
  }

  #refusal(call: Call, found: FoundMethod | undefined): ServeError | undefined {
    if (!this.#isReady)
      return new ServeError(Code.unavailable, "the server is not ready: its models are loading");
    return (
      this.#overload?.refuse() ??
      this.#refuseBy(this.#limiter, this.#atWork, call) ??
      this.#refuseBy(found?.limiter, found?.stats.concurrency ?? 0, call) ??
      found?.method.refusal?.(call)
    );
  }

  #refuseBy(limiter: ConcurrencyLimiter | undefined, inFlight: number, call: Call): ServeError | undefined {
    const reason = limiter?.refuse(inFlight, call.givenMs);
    if (!limiter || reason === undefined) return undefined;
    this.#limiterMetrics.countRefusal(limiter);
    return ServeError.refusal(Code.resourceExhausted, reason);
  }

  #presentable(call: Call, error: ServeError): ServeError {
    const { code, details } = error;
    const isOurs = code === Code.internal || code === Code.opFailure;
    if (isOurs) {
      this.#logger.error({ requestId: call.requestId, ...details, err: error }, "a call failed inside");
    }
    const message = presentableText(error.message, isOurs ? ` (request id ${call.requestId})` : "");
    return withText(error, message);
  }

  #end(call: Call, error: ServeError, outcome: CallOutcome): ServeError {
    if (error.code === Code.messageTooLarge) this.#tooLarge.increment();
    this.#finish(call, error, outcome);
    return error;
  }

  #finish(call: Call, error: ServeError | undefined, outcome: CallOutcome): void {
    this.#atWork--;
    call.finish();
    this.tracer.finish(call, error);
    const now = call.clock.now();
    const elapsedMs = now - call.startedAt;
    const found = this.#directory.get(call.service, call.method);
    if (found) found.stats.end(now, elapsedMs, error !== undefined);
    else if (error) this.#unhostedErrors++;
    const workedMs = now - call.receivedAt;
    // Of a call whose message never came whole nothing is learned.
    if (workedMs >= 0) {
      this.#limiter?.release(outcome, workedMs, now);
      found?.limiter?.release(outcome, workedMs, now);
    }
    this.#recorder.record(call, elapsedMs, error);
  }
}

function withText(error: ServeError, text: string): ServeError {
  const { code, cause, details, message } = error;
  return message === text ? error : new ServeError(code, text, { cause, details });
}

/** Failures of which the server is the cause; of others the caller is, or a limit that said no. */
const serverFaults: ReadonlySet<Code> = new Set([
  Code.internal,
  Code.outOfMemory,
  Code.overflow,
  Code.opFailure,
  Code.deadlineExceeded,
]);

function outcomeOf({ code }: ServeError): CallOutcome {
  return serverFaults.has(code) ? "failed" : "neutral";
}
