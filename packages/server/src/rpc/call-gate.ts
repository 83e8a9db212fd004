import {
  type Call,
  Code,
  type Counter,
  codeName,
  type Histogram,
  type Logger,
  type Metrics,
  ServeError,
} from "@paddlewheel/core";
import type { ServerLimits } from "../limits.js";
import { presentableText } from "./presentable-text.js";

export interface CallGateOptions {
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** What the gate keeps of each method and protocol. */
interface MethodRecord {
  readonly latency: Histogram;
  /** By code. */
  readonly outcomes: Map<number, Counter>;
  readonly log: Logger;
}

/**
 * The way every call takes, whatever its transport: admitted or refused, run, counted, logged, and finished. It also
 * knows how many calls are at work, which a stopping server waits for.
 */
export class CallGate {
  readonly #limits: ServerLimits;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #refused: Counter;
  readonly #methods = new Map<string, MethodRecord>();
  #isReady = false;
  #atWork = 0;

  constructor(options: CallGateOptions) {
    this.#limits = options.limits;
    this.#logger = options.logger;
    this.#metrics = options.metrics;
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
    const code = error?.code ?? Code.ok;
    const seconds = (call.clock.now() - call.startedAt) / 1000;
    const { latency, log, outcomes } = this.#recordOf(call);
    latency.observe(seconds);
    this.#outcome(call, outcomes, code).increment();
    const line = {
      code,
      logId: call.logId.toString(),
      requestId: call.requestId,
      durationUs: Math.round(seconds * 1e6),
    };
    log.info(error ? { ...line, error: error.message, ...error.details } : line, "call");
  }

  #recordOf(call: Call): MethodRecord {
    const { protocol, service, method } = call;
    const key = `${protocol}/${service}/${method}`;
    const existing = this.#methods.get(key);
    if (existing) return existing;
    const labels = { protocol, service, method };
    const created: MethodRecord = {
      latency: this.#metrics.histogram({
        name: "paddlewheel_call_seconds",
        help: "Time from the arrival of a call to its encoded answer.",
        labels,
      }),
      outcomes: new Map(),
      log: this.#logger.child(labels),
    };
    this.#methods.set(key, created);
    return created;
  }

  #outcome(call: Call, outcomes: Map<number, Counter>, code: Code): Counter {
    const existing = outcomes.get(code);
    if (existing) return existing;
    const counter = this.#metrics.counter({
      name: "paddlewheel_calls_total",
      help: "Calls answered, by outcome.",
      labels: {
        protocol: call.protocol,
        service: call.service,
        method: call.method,
        code: codeName(code) ?? String(code),
      },
    });
    outcomes.set(code, counter);
    return counter;
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
