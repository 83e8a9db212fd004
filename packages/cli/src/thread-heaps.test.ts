import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

/** Fills its young generation with what is alive, and prints the bytes it takes. */
const thread = `
  const alive = [];
  for (let i = 0; i < 1000; i++) alive[i % 100] = new Array(10_000).fill(0.5);
  const young = require("node:v8").getHeapSpaceStatistics().find((space) => space.space_name === "new_space");
  process.stdout.write(String(young.space_size));`;

test("the young generation of the event loop is not that of threads with a limit of their own", async () => {
  const program = `
    import(${JSON.stringify(import.meta.resolve("./thread-heaps.js"))}).then(() => {
      const options = { eval: true, resourceLimits: { maxYoungGenerationSizeMb: 3 } };
      new (require("node:worker_threads").Worker)(${JSON.stringify(thread)}, options);
    });`;
  const flags = ["--max-semi-space-size=64", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  assert.ok(Number(stdout) > 0 && Number(stdout) <= 3 * 2 ** 20, `${stdout} bytes`);
});
