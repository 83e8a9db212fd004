import {
  type Call,
  Code,
  type Counter,
  codeName,
  type ErrorDetails,
  type Histogram,
  type Logger,
  type Metrics,
  type Protocol,
  type ServeError,
} from "@paddlewheel/core";

/** What is kept of one method over one protocol. */
interface MethodRecord {
  readonly labels: { readonly protocol: string; readonly service: string; readonly method: string };
  readonly latency: Histogram;
  /** By code. */
  readonly outcomes: Map<number, Counter>;
  readonly log: Logger;
}

/** Counts and times every answered call, and writes its one access-log line. */
export class CallRecorder {
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  // Nested, so that a call builds no key: its three names are always the same string objects.
  readonly #records = new Map<Protocol, Map<string, Map<string, MethodRecord>>>();

  constructor({ metrics, logger }: { readonly metrics: Metrics; readonly logger: Logger }) {
    this.#metrics = metrics;
    this.#logger = logger;
  }

  /** Records a call that has just been answered, with `error` when it failed. */
  record(call: Call, error: ServeError | undefined): void {
    const record =
      this.#records.get(call.protocol)?.get(call.service)?.get(call.method) ?? this.#create(call);
    const code = error?.code ?? Code.ok;
    const seconds = (call.clock.now() - call.startedAt) / 1000;
    record.latency.observe(seconds);
    (record.outcomes.get(code) ?? this.#createOutcome(record, code)).increment();
    const { logId, requestId, traceContext } = call;
    const durationUs = Math.round(seconds * 1e6);
    const ids = { code, logId: logId.toString(), requestId };
    const line = traceContext
      ? { ...ids, traceId: traceContext.traceId, durationUs }
      : { ...ids, durationUs };
    record.log.info(error ? { ...line, error: error.message, ...placeOf(error) } : line, "call");
  }

  #create({ protocol, service, method }: Call): MethodRecord {
    const labels = { protocol, service, method };
    const record: MethodRecord = {
      labels,
      latency: this.#metrics.histogram({
        name: "paddlewheel_call_seconds",
        help: "Time from the arrival of a call to its encoded answer.",
        labels,
      }),
      outcomes: new Map(),
      log: this.#logger.child(labels),
    };
    const services = this.#records.get(protocol) ?? new Map<string, Map<string, MethodRecord>>();
    const methods = services.get(service) ?? new Map<string, MethodRecord>();
    this.#records.set(protocol, services.set(service, methods.set(method, record)));
    return record;
  }

  #createOutcome({ labels, outcomes }: MethodRecord, code: Code): Counter {
    const counter = this.#metrics.counter({
      name: "paddlewheel_calls_total",
      help: "Calls answered, by outcome.",
      labels: { ...labels, code: codeName(code) ?? String(code) },
    });
    outcomes.set(code, counter);
    return counter;
  }
}

/** Workflow and node at fault. The service is on the line already, and a key must not come twice. */
function placeOf({ details: { service: _, ...place } }: ServeError): ErrorDetails {
  return place;
}
