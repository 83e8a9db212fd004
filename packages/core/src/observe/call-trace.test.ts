import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CallSpan, CallTrace, SpanKind } from "./call-trace.js";

function begin(trace: CallTrace, startedAt: number, parent?: CallSpan): CallSpan {
  return trace.begin({ kind: SpanKind.node, name: `at ${startedAt}`, parent, startedAt });
}

describe("CallTrace", () => {
  test("hangs a span without a parent below the first one", () => {
    const trace = new CallTrace();
    const first = begin(trace, 1);
    const second = begin(trace, 2);
    const third = begin(trace, 3, second);
    assert.deepEqual(
      [first, second, third].map(({ parent }) => parent),
      [undefined, first, second],
    );
    assert.deepEqual(trace.spans, [first, second, third]);
  });

  test("ends a span once, with what is known then", () => {
    const trace = new CallTrace();
    const span = begin(trace, 1);
    assert.equal(span.endedAt, undefined);
    trace.end(span, 4, { rows: 2 });
    trace.end(span, 5, { rows: 3 });
    assert.deepEqual([span.endedAt, span.attributes], [4, { rows: 2 }]);
  });

  test("keeps a thousand spans and counts the rest", () => {
    const trace = new CallTrace();
    const spans = Array.from({ length: 1003 }, (_, i) => begin(trace, i));
    for (const span of spans) trace.end(span, 2000);
    assert.deepEqual([trace.spans.length, trace.dropped], [1000, 3]);
  });

  test("that is closed has cut what was going on, and stays as it is", () => {
    const trace = new CallTrace();
    const first = begin(trace, 1);
    const second = begin(trace, 2);
    trace.end(first, 5, { code: 0 });
    trace.close(6);
    trace.close(7);
    trace.end(second, 8, { rows: 1 });
    trace.end(begin(trace, 9), 10);
    assert.deepEqual(
      trace.spans.map(({ endedAt, attributes }) => [endedAt, attributes]),
      [
        [5, { code: 0 }],
        [6, { unfinished: true }],
      ],
    );
    assert.equal(trace.dropped, 0);
  });

  test("gives each span an id that stays", () => {
    const trace = new CallTrace();
    const [first, second] = [begin(trace, 1), begin(trace, 2)];
    assert.match(first.id, /^[0-9a-f]{16}$/);
    assert.equal(first.id, first.id);
    assert.notEqual(first.id, second.id);
  });
});
