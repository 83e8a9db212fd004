import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { wireLimits } from "@paddlewheel/wire";
import { defaultLimits } from "./limits.js";

const page = await readFile(new URL("../../../docs/limits.md", import.meta.url), "utf8");

/** Name → default, as the table of docs/limits.md has them. */
const rows = [...page.matchAll(/^\| `(\w+)` +\| (\d+) +\|/gm)].map(([, name, value]) => [
  name,
  Number(value),
]);

test("docs/limits.md has every limit of the server with its default, in their order", () => {
  assert.deepEqual(
    new Map(rows as [string, number][]),
    new Map(Object.entries(defaultLimits) as [string, number][]),
  );
  assert.equal(rows.length, Object.keys(defaultLimits).length);
});

test("docs/limits.md tells what a message may hold", () => {
  const { maxFields, maxTensors, maxMessageDepth, maxJsonDepth } = wireLimits;
  assert.match(page, new RegExp(`${maxFields / 1000} 000 fields, ${maxTensors} tensors`));
  assert.match(page, new RegExp(`${maxMessageDepth} deep and JSON ${maxJsonDepth} deep`));
});
