import { type Call, Code, type Counter, type Logger, type Metrics, ServeError } from "@paddlewheel/core";
import type { ServerLimits } from "../limits.js";
import { CallRecorder } from "./call-recorder.js";
import type { CallTracer } from "./call-tracer.js";
import { presentableText } from "./presentable-text.js";

export interface CallGateOptions {
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracer: CallTracer;
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
  readonly #refused: Counter;
  #isReady = false;
  #atWork = 0;

  constructor(options: CallGateOptions) {
    this.tracer = options.tracer;
    this.#limits = options.limits;
    this.#logger = options.logger;
    this.#recorder = new CallRecorder(options);
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

  /** No call is at work. */
  get isIdle(): boolean {
    return this.#atWork === 0;
  }

  /**
   * Runs `work` for `call` and gives its result. Whatever goes wrong comes out as a ServeError that may be shown to the
   * caller: a failure of our own is logged in full and leaves as "internal error" with the request id.
   */
  async run<T>(call: Call, work: () => Promise<T> | T): Promise<T> {
    this.#atWork++;
    try {
      this.#admit();
      const result = await work();
      this.#finish(call, undefined);
      return result;
    } catch (thrown) {
      const error = this.#presentable(call, ServeError.from(thrown));
      this.#finish(call, error);
      throw error;
    } finally {
      this.#atWork--;
    }
  }

  #admit(): void {
    if (!this.#isReady)
      throw new ServeError(Code.unavailable, "the server is not ready: its models are loading");
    const { maxConcurrency } = this.#limits;
    if (maxConcurrency === 0 || this.#atWork <= maxConcurrency) return;
    this.#refused.increment();
    throw new ServeError(
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
    this.#recorder.record(call, error);
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
