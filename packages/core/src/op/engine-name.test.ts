import assert from "node:assert/strict";
import { test } from "node:test";
import { engineNameOf } from "./engine-name.js";
import { defineConfig } from "./op-config.js";

const node = { name: "classify", type: "ClassifyOp", dependencies: [], address: [], config: {} };

test("a node of a type that needs no engine runs none", () => {
  assert.equal(engineNameOf(node, {}), undefined);
  assert.equal(engineNameOf(node, { needsEngine: false }), undefined);
});

test("a node runs the engine of its own name", () => {
  assert.equal(engineNameOf(node, { needsEngine: true }), "classify");
});

test("a node of a type that has an option for it runs the engine that names, or its default", () => {
  const use = {
    needsEngine: true,
    engineOption: "engine",
    config: defineConfig({ engine: { string: "resnet" } }),
  };
  assert.equal(engineNameOf(node, use), "resnet");
  assert.equal(engineNameOf({ ...node, config: { engine: "mobile" } }, use), "mobile");
});
