import {
  type Call,
  Code,
  type Counter,
  codeName,
  type Histogram,
  type Metrics,
  type Protocol,
  type ServeError,
} from "@paddlewheel/core";
import type { AccessLog, WriteCallLine } from "../observe/access-log.js";

/** What is kept of one method over one protocol. */
interface MethodRecord {
  readonly labels: { readonly protocol: string; readonly service: string; readonly method: string };
  readonly latency: Histogram;
  /** By code. */
  readonly outcomes: Map<number, Counter>;
  readonly writeLine: WriteCallLine;
}

/** Counts and times every answered call, and writes its one access-log line. */
export class CallRecorder {
  readonly #metrics: Metrics;
  readonly #accessLog: AccessLog;
  // Nested, so that a call builds no key: its three names are always the same string objects.
  readonly #records = new Map<Protocol, Map<string, Map<string, MethodRecord>>>();
  /** Most calls are of the method of the call before. */
  #last: MethodRecord | undefined;

  constructor({ metrics, accessLog }: { readonly metrics: Metrics; readonly accessLog: AccessLog }) {
    this.#metrics = metrics;
    this.#accessLog = accessLog;
  }

  /** Records a call that has just been answered, after `elapsedMs`, with `error` when it failed. */
  record(call: Call, elapsedMs: number, error: ServeError | undefined): void {
    const record = this.#recordOf(call);
    const code = error?.code ?? Code.ok;
    const seconds = elapsedMs / 1000;
    record.latency.observe(seconds);
    (record.outcomes.get(code) ?? this.#createOutcome(record, code)).increment();
    record.writeLine(call, Math.round(seconds * 1e6), error);
  }

  #recordOf(call: Call): MethodRecord {
    const { protocol, service, method } = call;
    const last = this.#last?.labels;
    if (this.#last && last?.method === method && last.service === service && last.protocol === protocol)
      return this.#last;
    const record = this.#records.get(protocol)?.get(service)?.get(method) ?? this.#create(call);
    this.#last = record;
    return record;
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
      writeLine: this.#accessLog.forMethod(labels),
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
