import assert from "node:assert/strict";
import { test } from "node:test";
import { commandFlags, commandMalloc } from "./command-start.js";

test("servers of a bench start as the command does, by the first line of its bin", () => {
  assert.equal(commandMalloc.MALLOC_ARENA_MAX, "2");
  assert.deepEqual(Object.keys(commandMalloc).length, 3);
  assert.ok(commandFlags.includes("--max-semi-space-size=64"));
  assert.ok(commandFlags.includes("--no-parallel-scavenge"));
});
