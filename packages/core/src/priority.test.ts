import assert from "node:assert/strict";
import { test } from "node:test";
import { Priority, parsePriority } from "./priority.js";

test("a priority is read by its name; whatever else stands there is normal", () => {
  for (const priority of Object.values(Priority)) assert.equal(parsePriority(priority), priority);
  for (const other of [undefined, "", "HIGH", "urgent", "1"]) assert.equal(parsePriority(other), "normal");
});
