import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Call, type CallSpan, CallTrace, SpanKind } from "@paddlewheel/core";
import { ManualClock } from "@paddlewheel/core/testing";
import fc from "fast-check";
import { traceReport } from "./trace-report.js";

interface Report {
  readonly requestId: string;
  readonly totalUs: number;
  readonly spans: readonly { readonly name: string; readonly parent?: number }[];
  readonly dropped: number;
}

function createCall(requestId = "r1") {
  const clock = new ManualClock(100);
  const trace = new CallTrace({ isForCaller: true });
  const traceContext = { traceId: "ab".repeat(16), parentSpanId: undefined, isSampled: false, state: "" };
  const call = new Call({ service: "s", method: "m", clock, requestId, trace, traceContext });
  const root = trace.begin({ kind: SpanKind.call, name: "s/m", startedAt: clock.now() });
  const report = (): string => {
    trace.close(clock.now());
    return traceReport(call, trace);
  };
  return { clock, call, trace, root, report, parsed: (): Report => JSON.parse(report()) as Report };
}

describe("the report of a call", () => {
  test("has times in microseconds from its start, parents by index, and attributes", () => {
    const { clock, trace, root, report } = createCall();
    clock.advance(0.25);
    const node = trace.begin({ kind: SpanKind.node, name: "n", startedAt: clock.now() });
    const run = trace.begin({ kind: SpanKind.run, name: "e", parent: node, startedAt: clock.now() });
    clock.advance(1.5);
    trace.end(run, clock.now(), { version: "2", rows: 3 });
    trace.end(node, clock.now());
    trace.end(root, clock.now(), { error: "cancelled" });
    clock.advance(5);
    assert.equal(
      report(),
      '{"requestId":"r1","traceId":"abababababababababababababababab","totalUs":1750,"spans":[' +
        '{"kind":"call","name":"s/m","startUs":0,"durationUs":1750,"error":"cancelled"},' +
        '{"kind":"node","name":"n","startUs":250,"durationUs":1500,"parent":0},' +
        '{"kind":"run","name":"e","startUs":250,"durationUs":1500,"parent":1,"version":"2","rows":3}],"dropped":0}',
    );
  });

  test("is ASCII, whatever the names", () => {
    const { trace, parsed, report } = createCall('"\\"');
    trace.begin({ kind: SpanKind.node, name: "größe\u007f\r\n😀", startedAt: 100 });
    assert.match(report(), /^[ -~]+$/);
    assert.equal(parsed().spans[1]?.name, "größe\u007f\r\n😀");
    assert.equal(parsed().requestId, '"\\"');
  });

  test("of a thousand spans keeps the outer ones, and counts the others", () => {
    const { trace, root, parsed, report } = createCall();
    for (let i = 0; i < 400; i++) {
      const node = trace.begin({ kind: SpanKind.node, name: `node ${i}`, parent: root, startedAt: 100 });
      if (i < 20) continue;
      for (let j = 0; j < 2; j++)
        trace.begin({ kind: SpanKind.run, name: "e", parent: node, startedAt: 100 });
    }
    assert.ok(report().length > 6 * 1024);
    const { spans, dropped } = parsed();
    assert.equal(spans.length + dropped, 1161);
    assert.ok(spans.every(({ name }, index) => name === (index === 0 ? "s/m" : `node ${index - 1}`)));
  });

  test("of a name that is too long has no spans", () => {
    const clock = new ManualClock();
    const trace = new CallTrace();
    trace.begin({ kind: SpanKind.call, name: "n".repeat(10_000), startedAt: 0 });
    const report = traceReport(new Call({ service: "s", method: "m", clock, trace }), trace);
    assert.deepEqual(JSON.parse(report), { requestId: "", totalUs: 0, spans: [], dropped: 1 });
  });

  test("is at most 7 KiB, and every parent is there before its children, whatever the tree", () => {
    const spans = fc.array(
      fc.record({ parent: fc.nat(), name: fc.string({ unit: "binary", maxLength: 40 }) }),
      {
        maxLength: 300,
      },
    );
    fc.assert(
      fc.property(spans, fc.string({ minLength: 128, maxLength: 128 }), (planned, requestId) => {
        const { trace, root, report, parsed } = createCall(requestId);
        const begun: CallSpan[] = [root];
        for (const { parent, name } of planned) {
          const above = begun[parent % begun.length];
          begun.push(trace.begin({ kind: SpanKind.node, name, parent: above, startedAt: 100 }));
        }
        assert.ok(report().length <= 7 * 1024);
        const { spans: told, dropped } = parsed();
        assert.equal(told.length + dropped, begun.length);
        for (const [index, { parent }] of told.entries()) {
          assert.ok(index === 0 ? parent === undefined : parent !== undefined && parent < index);
        }
      }),
    );
  });
});
