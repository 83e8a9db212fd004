import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from "@opentelemetry/resources";
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from "@opentelemetry/sdk-trace-base";
import {
  type Counter,
  type FinishedTrace,
  type Logger,
  type Metrics,
  noMetrics,
  silentLogger,
  type TraceContext,
  type TraceSink,
} from "@paddlewheel/core";
import { readableSpans, tracesIn } from "./readable-spans.js";
import { createTraceSampling, type TraceSampling } from "./trace-sampling.js";
import { watchExporter } from "./watched-exporter.js";

export interface OtelSinkOptions {
  /** Where the collector takes traces by OTLP over HTTP, as JSON: `http://localhost:4318/v1/traces`. */
  readonly endpoint: string;
  /** Default: `OTEL_SERVICE_NAME`, else what `OTEL_RESOURCE_ATTRIBUTES` says, else `paddlewheel`. */
  readonly serviceName?: string;
  /** Sent with every export, beside those of `OTEL_EXPORTER_OTLP_HEADERS`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Part of the traces begun here that is kept, from 0 to 1; default 1. */
  readonly sampleRatio?: number;
  /** Whether a trace that a caller began is kept when the caller keeps it, whatever the ratio; default true. */
  readonly followsParent?: boolean;
}

/**
 * Spans held until the collector has them, those under way included; at about 1 KB each. A trace that does not fit is
 * dropped whole.
 */
const maxHeldSpans = 8192;
const batchSpans = 512;
/** For one export with all its retries, and for all that is left at the end, in ms. */
const sendTimeoutMs = 5000;

/**
 * A sink that sends traces to an OpenTelemetry collector, behind the calls' backs: in batches, the rest every 5 s or as
 * `OTEL_BSP_SCHEDULE_DELAY` says.
 * @throws TypeError when the endpoint is no URL.
 */
export function createOtelSink(options: OtelSinkOptions): OtelSink {
  const { endpoint, headers = {}, sampleRatio = 1, followsParent = true } = options;
  const exporter = new OTLPTraceExporter({
    url: new URL(endpoint).href,
    headers: { ...headers },
    timeoutMillis: sendTimeoutMs,
  });
  return new OtelSink({
    exporter,
    resource: resourceOf(options.serviceName),
    sampling: createTraceSampling({ sampleRatio, followsParent }),
  });
}

function resourceOf(serviceName: string | undefined): Resource {
  const named = (name: string): Resource => resourceFromAttributes({ "service.name": name });
  const found = defaultResource()
    .merge(named("paddlewheel"))
    .merge(detectResources({ detectors: [envDetector] }));
  return serviceName === undefined ? found : found.merge(named(serviceName));
}

export interface OtelSinkParts {
  readonly exporter: SpanExporter;
  readonly resource: Resource;
  readonly sampling: TraceSampling;
}

/** Turns finished calls into OpenTelemetry's spans and lets an exporter have them. */
export class OtelSink implements TraceSink {
  readonly #resource: Resource;
  readonly #sampling: TraceSampling;
  readonly #processor: BatchSpanProcessor;
  #counters: TraceCounters = countersOf(noMetrics);
  #logger: Logger = silentLogger;
  #held = 0;
  #isFailing = false;
  #closed: Promise<void> | undefined;

  constructor({ exporter, resource, sampling }: OtelSinkParts) {
    this.#resource = resource;
    this.#sampling = sampling;
    const watched = watchExporter(exporter, (spans, error) => this.#sent(spans, error));
    this.#processor = new BatchSpanProcessor(watched, {
      maxQueueSize: maxHeldSpans,
      maxExportBatchSize: batchSpans,
      exportTimeoutMillis: 2 * sendTimeoutMs,
    });
  }

  open({ metrics, logger }: { readonly metrics: Metrics; readonly logger: Logger }): void {
    this.#counters = countersOf(metrics);
    this.#logger = logger;
  }

  wants(traceId: string, received: TraceContext | undefined): boolean {
    return this.#sampling(traceId, received);
  }

  export(finished: FinishedTrace): void {
    const count = finished.trace.spans.length;
    if (this.#closed !== undefined || this.#held + count > maxHeldSpans) {
      this.#counters.overflowed.increment();
      return;
    }
    this.#held += count;
    for (const span of readableSpans(finished, this.#resource)) this.#processor.onEnd(span);
  }

  /** Sends what is held, for at most 5 s, and takes no more. Never rejects. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, sendTimeoutMs);
    });
    // What fails has been told by then.
    await Promise.race([this.#processor.shutdown().catch(() => {}), limit]);
    clearTimeout(timer);
    if (this.#held > 0) this.#logger.warn({ spans: this.#held }, "spans were not sent in time");
  }

  #sent(spans: readonly ReadableSpan[], error: Error | undefined): void {
    this.#held -= spans.length;
    const { exported, failed } = this.#counters;
    (error ? failed : exported).increment(tracesIn(spans));
    if (error && !this.#isFailing) this.#logger.warn({ err: error }, "traces cannot be exported");
    if (!error && this.#isFailing) this.#logger.info({}, "traces are exported again");
    this.#isFailing = error !== undefined;
  }
}

interface TraceCounters {
  readonly exported: Counter;
  /** The collector did not take them. */
  readonly failed: Counter;
  /** Too many were held. */
  readonly overflowed: Counter;
}

function countersOf(metrics: Metrics): TraceCounters {
  const dropped = (reason: string): Counter =>
    metrics.counter({
      name: "paddlewheel_traces_dropped_total",
      help: "Traces that were to be exported and were not, by reason.",
      labels: { reason },
    });
  const exported = metrics.counter({
    name: "paddlewheel_traces_exported_total",
    help: "Traces the collector has taken.",
  });
  return { exported, failed: dropped("export_failed"), overflowed: dropped("queue_full") };
}
