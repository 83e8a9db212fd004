import {
  type Call,
  Code,
  type Counter,
  type Logger,
  type Metrics,
  type Secret,
  ServeError,
} from "@paddlewheel/core";
import type { Authenticator } from "../auth/authenticator.js";
import type { ServerLimits } from "../limits.js";
import { type AccessLog, loggedAccess } from "../observe/access-log.js";
import { CallRecorder } from "./call-recorder.js";
import type { CallTracer } from "./call-tracer.js";
import { presentableText } from "./presentable-text.js";
import type { ServiceDirectory } from "./service-directory.js";

export interface CallGateOptions {
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracer: CallTracer;
  /** Knows the statistics of each method. */
  readonly directory: ServiceDirectory;
  /** Without it anybody may call anything. */
  readonly authenticator?: Authenticator | undefined;
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
  readonly #limits: ServerLimits;
  readonly #logger: Logger;
  readonly #recorder: CallRecorder;
  readonly #directory: ServiceDirectory;
  readonly #refused: Counter;
  readonly #authenticator: Authenticator | undefined;
  #isReady = false;
  #atWork = 0;
  #unhostedErrors = 0;

  constructor(options: CallGateOptions) {
    this.tracer = options.tracer;
    this.#limits = options.limits;
    this.#logger = options.logger;
    this.#authenticator = options.authenticator;
    const { metrics, logger, accessLog = loggedAccess(logger) } = options;
    this.#recorder = new CallRecorder({ metrics, accessLog });
    this.#directory = options.directory;
    this.#refused = limitCounter(options.metrics, "max_concurrency");
    options.metrics.observedGauge(
      { name: "paddlewheel_calls_at_work", help: "Calls admitted and not answered yet." },
      () => this.#atWork,
    );
  }

  /** Calls are refused with `unavailable` until the server is ready. */
  open(): void {
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
    this.#directory.get(call.service, call.method)?.stats.begin();
    const refusal = this.#authenticator?.refuse(call.service, credential) ?? this.#refusal();
    return refusal && this.fail(call, refusal);
  }

  /** Why somebody with this credential may not have what is no call: a page, say. Logs it. */
  refuse(scope: string, credential: Secret | undefined): ServeError | undefined {
    const refusal = this.#authenticator?.refuse(scope, credential);
    // Calls have a line of their own that says so.
    if (refusal) this.#logger.info({ scope, code: refusal.code, error: refusal.message }, "refused");
    return refusal;
  }

  /** The call has its answer, in bytes. */
  succeed(call: Call): void {
    this.#atWork--;
    this.#finish(call, undefined);
  }

  /**
   * Whatever went wrong comes out as a ServeError that may be shown to the caller: a failure of our own is logged in full
   * and leaves as "internal error" with the request id.
   */
  fail(call: Call, thrown: unknown): ServeError {
    this.#atWork--;
    const error = this.#presentable(call, ServeError.from(thrown));
    this.#finish(call, error);
    return error;
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

  #refusal(): ServeError | undefined {
    if (!this.#isReady)
      return new ServeError(Code.unavailable, "the server is not ready: its models are loading");
    const { maxConcurrency } = this.#limits;
    if (maxConcurrency === 0 || this.#atWork <= maxConcurrency) return undefined;
    this.#refused.increment();
    return new ServeError(
      Code.resourceExhausted,
      `${this.#atWork} calls are at work, the limit of max_concurrency is ${maxConcurrency}`,
    );
  }

  #presentable(call: Call, error: ServeError): ServeError {
    const { code, cause, details } = error;
    const isOurs = code === Code.internal || code === Code.opFailure;
    if (isOurs) {
      this.#logger.error({ requestId: call.requestId, ...details, err: error }, "a call failed inside");
    }
    const message = presentableText(error.message, isOurs ? ` (request id ${call.requestId})` : "");
    return message === error.message ? error : new ServeError(code, message, { cause, details });
  }

  #finish(call: Call, error: ServeError | undefined): void {
    call.finish();
    this.tracer.finish(call, error);
    const now = call.clock.now();
    const elapsedMs = now - call.startedAt;
    const found = this.#directory.get(call.service, call.method);
    if (found) found.stats.end(now, elapsedMs, error !== undefined);
    else if (error) this.#unhostedErrors++;
    this.#recorder.record(call, elapsedMs, error);
  }
}

/** The counter of one limit's refusals. */
export function limitCounter(metrics: Metrics, limit: string): Counter {
  return metrics.counter({
    name: "limit_exceeded_total",
    help: "Requests, connections or bytes refused, by the limit that refused them.",
    labels: { limit },
  });
}
