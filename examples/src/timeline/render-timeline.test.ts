import assert from "node:assert/strict";
import { test } from "node:test";
import { renderTimeline } from "./render-timeline.js";

test("a timeline shows what conf speaks of, each part below its whole", () => {
  const base = { startUs: 0, durationUs: 1234 };
  const spans = [
    { ...base, kind: "call", name: "c" },
    { ...base, kind: "service", name: "s", parent: 0 },
    { ...base, kind: "workflow", name: "w1", parent: 1 },
    { ...base, kind: "workflow", name: "w2", parent: 1 },
    { ...base, kind: "node", name: "large", parent: 2, error: "opFailure", fallback: "small" },
    { ...base, kind: "run", name: "large", parent: 4 },
    { ...base, kind: "node", name: "n", parent: 3, skipped: true },
    { kind: "node", name: "small", parent: 2, startUs: 1234, durationUs: 100_000, error: "internal" },
  ];
  assert.equal(
    renderTimeline(spans),
    [
      "s             0.0 ms to    1.2 ms",
      "  w1          0.0 ms to    1.2 ms",
      "    large     0.0 ms to    1.2 ms, opFailure: small stands in",
      "    small     1.2 ms to  101.2 ms, internal",
      "  w2          0.0 ms to    1.2 ms",
      "    n      skipped",
    ].join("\n"),
  );
});
