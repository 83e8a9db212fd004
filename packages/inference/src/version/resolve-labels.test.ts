import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveLabels } from "./resolve-labels.js";

const labels = (wanted: Record<string, string>, current: Record<string, string>, ...ready: string[]) =>
  Object.fromEntries(
    resolveLabels({ wanted, current: new Map(Object.entries(current)), ready: new Set(ready) }),
  );

test("a label points to its version once that is ready", () => {
  assert.deepEqual(labels({ stable: "2" }, {}, "1"), {});
  assert.deepEqual(labels({ stable: "2" }, {}, "1", "2"), { stable: "2" });
});

test("a label stays where it is until its new version is ready", () => {
  assert.deepEqual(labels({ stable: "3" }, { stable: "2" }, "2"), { stable: "2" });
  assert.deepEqual(labels({ stable: "3" }, { stable: "2" }, "2", "3"), { stable: "3" });
});

test("a label that nobody wants any more, or whose versions are gone, is none", () => {
  assert.deepEqual(labels({}, { stable: "2" }, "2"), {});
  assert.deepEqual(labels({ stable: "3" }, { stable: "2" }, "1"), {});
});
