import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { exampleModels } from "./example-models.js";

for (const [path, bytes] of exampleModels()) {
  test(`examples/${path} is what build-models writes`, async () => {
    assert.deepEqual(await readFile(new URL(`../${path}`, import.meta.url)), Buffer.from(bytes));
  });
}
