import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, type FinishedTrace, ServeError, type TraceContext, type TraceSink } from "@paddlewheel/core";
import { RecordingLogger } from "@paddlewheel/core/testing";
import { readCallHeaders } from "./call-headers.js";
import { CallTracer } from "./call-tracer.js";
import { createCall } from "./create-call.js";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const unsampled = `00-${traceId}-${spanId}-00`;

/** Takes what it is told to take. */
class RecordingSink implements TraceSink {
  readonly asked: [string, TraceContext | undefined][] = [];
  readonly finished: FinishedTrace[] = [];
  readonly #isWanted: boolean;

  constructor(isWanted: boolean) {
    this.#isWanted = isWanted;
  }

  open(): void {}

  wants(id: string, received: TraceContext | undefined): boolean {
    this.asked.push([id, received]);
    return this.#isWanted;
  }

  export(finished: FinishedTrace): void {
    this.finished.push(finished);
  }
}

function setUp({ isOnRequest = true, sink }: { isOnRequest?: boolean; sink?: TraceSink } = {}) {
  const logger = new RecordingLogger();
  const tracer = new CallTracer({ isOnRequest, sink, logger });
  const call = (headers: Readonly<Record<string, string>> = {}) =>
    createCall(
      {
        protocol: "http",
        service: "s",
        method: "m",
        timeoutMs: undefined,
        headers: readCallHeaders((name) => headers[name]),
      },
      tracer,
    );
  return { tracer, logger, call };
}

describe("without a sink", () => {
  test("a call is traced only when its caller asks for it", () => {
    const { call, tracer } = setUp();
    for (const headers of [{}, { "x-paddlewheel-trace": "0" }, { "x-paddlewheel-trace": "true" }]) {
      const plain = call(headers);
      assert.deepEqual([plain.trace, plain.traceContext], [undefined, undefined]);
      tracer.finish(plain, undefined);
      assert.equal(tracer.report(plain), undefined);
    }
    const asked = call({ "x-paddlewheel-trace": "1" });
    tracer.finish(asked, undefined);
    const report = JSON.parse(tracer.report(asked) ?? "") as { traceId: string; spans: { name: string }[] };
    assert.match(report.traceId, /^[0-9a-f]{32}$/);
    assert.deepEqual(
      report.spans.map(({ name }) => name),
      ["s/m"],
    );
  });

  test("a call keeps the trace it came with, recorded or not", () => {
    const { call } = setUp();
    const context = { traceId, parentSpanId: spanId, isSampled: false, state: "" };
    for (const headers of [{}, { "x-paddlewheel-trace": "1" }]) {
      assert.deepEqual(call({ traceparent: unsampled, ...headers }).traceContext, context);
    }
  });

  test("nobody is traced where callers may not ask", () => {
    const { call, tracer } = setUp({ isOnRequest: false });
    const refused = call({ "x-paddlewheel-trace": "1" });
    assert.deepEqual([refused.trace, tracer.report(refused)], [undefined, undefined]);
  });
});

describe("with a sink", () => {
  test("a trace it wants is kept from the beginning and handed over at the end", () => {
    const sink = new RecordingSink(true);
    const { call, tracer } = setUp({ sink });
    const wanted = call({ traceparent: unsampled });
    assert.equal(wanted.traceContext?.isSampled, true);
    const error = new ServeError(Code.cancelled, "gone");
    assert.equal(sink.finished.length, 0);
    tracer.finish(wanted, error);
    const [finished] = sink.finished;
    assert.deepEqual(
      [finished?.call, finished?.error, finished?.context.parentSpanId],
      [wanted, error, spanId],
    );
    assert.deepEqual(
      finished?.trace.spans.map(({ kind, attributes }) => [kind, attributes]),
      [["call", { error: "cancelled" }]],
    );
    assert.equal(tracer.report(wanted), undefined);
  });

  test("it is asked with the trace id that will be used, new or received", () => {
    const sink = new RecordingSink(true);
    const { call } = setUp({ sink });
    const own = call();
    const joined = call({ traceparent: unsampled });
    assert.deepEqual(sink.asked[0], [own.traceContext?.traceId, undefined]);
    assert.deepEqual(
      [sink.asked[1]?.[0], sink.asked[1]?.[1]?.isSampled],
      [joined.traceContext?.traceId, false],
    );
  });

  test("a trace it does not want goes to the caller alone, if at all", () => {
    const sink = new RecordingSink(false);
    const { call, tracer } = setUp({ sink });
    assert.equal(call().trace, undefined);
    assert.equal(call().traceContext, undefined);
    const asked = call({ "x-paddlewheel-trace": "1" });
    tracer.finish(asked, undefined);
    assert.ok(tracer.report(asked));
    assert.deepEqual(sink.finished, []);
  });

  test("one that throws fails no call, and is complained of once", () => {
    const sink = new RecordingSink(true);
    sink.export = () => {
      throw new Error("no socket");
    };
    const { call, tracer, logger } = setUp({ sink });
    for (let i = 0; i < 3; i++) tracer.finish(call(), undefined);
    assert.deepEqual(
      logger.lines.map(({ message }) => message),
      ["the trace sink failed"],
    );
  });
});
