import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-base";
import { RecordingLogger, RecordingMetrics } from "@paddlewheel/core/testing";
import { createOtelSink, OtelSink } from "./otel-sink.js";
import { finishedTrace } from "./testing/finished-trace.js";

/** Does with each batch what a test says. */
class ScriptedExporter implements SpanExporter {
  readonly batches: ReadableSpan[][] = [];
  readonly #script: (batch: number) => "take" | "refuse" | "hang" | "throw";

  constructor(script: (batch: number) => "take" | "refuse" | "hang" | "throw") {
    this.#script = script;
  }

  export(spans: ReadableSpan[], onResult: Parameters<SpanExporter["export"]>[1]): void {
    const act = this.#script(this.batches.push(spans) - 1);
    if (act === "throw") throw new Error("cannot encode");
    if (act === "take") onResult({ code: 0 });
    if (act === "refuse") onResult({ code: 1, error: new Error("503") });
  }

  async shutdown(): Promise<void> {}
}

function setUp(t: TestContext, script: ConstructorParameters<typeof ScriptedExporter>[0]) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const exporter = new ScriptedExporter(script);
  const sampling = () => true;
  const sink = new OtelSink({ exporter, resource: resourceFromAttributes({}), sampling });
  const metrics = new RecordingMetrics();
  const logger = new RecordingLogger();
  sink.open({ metrics, logger });
  const counted = () => ({
    exported: metrics.counted("paddlewheel_traces_exported_total"),
    failed: metrics.counted("paddlewheel_traces_dropped_total", { reason: "export_failed" }),
    overflowed: metrics.counted("paddlewheel_traces_dropped_total", { reason: "queue_full" }),
  });
  /** Two spans, or more with more nodes. */
  const export_ = (nodes = 0) => sink.export(finishedTrace({ nodes }));
  return { exporter, sink, logger, counted, export: export_, tick: (ms: number) => t.mock.timers.tick(ms) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("the sink", () => {
  test("sends traces together after a while", async (t) => {
    const { exporter, tick, counted, ...sink } = setUp(t, () => "take");
    for (let i = 0; i < 3; i++) sink.export();
    assert.equal(exporter.batches.length, 0);
    tick(5000);
    await settled();
    assert.deepEqual(
      exporter.batches.map(({ length }) => length),
      [6],
    );
    assert.deepEqual(counted(), { exported: 3, failed: 0, overflowed: 0 });
  });

  test("sends what is left when it closes, and takes no more", async (t) => {
    const { exporter, sink, counted, ...rest } = setUp(t, () => "take");
    for (let i = 0; i < 600; i++) rest.export();
    await Promise.all([sink.close(), sink.close()]);
    rest.export();
    assert.equal(exporter.batches.flat().length, 1200);
    assert.deepEqual(counted(), { exported: 600, failed: 0, overflowed: 1 });
  });

  test("holds no more than 8192 spans while the collector hangs, and drops whole traces", async (t) => {
    const { exporter, counted, ...sink } = setUp(t, () => "hang");
    for (let i = 0; i < 100; i++) sink.export(98);
    await settled();
    assert.equal(exporter.batches.length, 1);
    assert.deepEqual(counted(), { exported: 0, failed: 0, overflowed: 19 });
    sink.export(90);
    assert.equal(counted().overflowed, 19);
    sink.export();
    assert.equal(counted().overflowed, 20);
  });

  test("says once that the collector fails, and once that it works again", async (t) => {
    const { logger, counted, tick, ...sink } = setUp(t, (batch) => (batch < 2 ? "refuse" : "take"));
    for (let i = 0; i < 4; i++) {
      sink.export();
      tick(5000);
      await settled();
    }
    assert.deepEqual(counted(), { exported: 2, failed: 2, overflowed: 0 });
    assert.deepEqual(
      logger.lines.map(({ level, message }) => [level, message]),
      [
        ["warn", "traces cannot be exported"],
        ["info", "traces are exported again"],
      ],
    );
  });

  test("goes on after an exporter that throws", async (t) => {
    const { counted, tick, ...sink } = setUp(t, (batch) => (batch === 0 ? "throw" : "take"));
    for (let i = 0; i < 2; i++) {
      sink.export();
      tick(5000);
      await settled();
    }
    assert.deepEqual(counted(), { exported: 1, failed: 1, overflowed: 0 });
  });

  test("closes after 5 s though the collector hangs, and says what it lost", async (t) => {
    const { sink, logger, tick, ...rest } = setUp(t, () => "hang");
    rest.export();
    let isClosed = false;
    const closed = sink.close().then(() => {
      isClosed = true;
    });
    tick(4999);
    await settled();
    assert.equal(isClosed, false);
    tick(1);
    await closed;
    assert.deepEqual(logger.lines.at(-1)?.fields, { spans: 2 });
  });
});

test("an endpoint must be a URL", () => {
  assert.throws(() => createOtelSink({ endpoint: "localhost" }), { code: "ERR_INVALID_URL" });
});
