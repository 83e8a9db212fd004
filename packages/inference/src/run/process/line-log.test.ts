import assert from "node:assert/strict";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { ManualClock } from "@paddlewheel/core/testing";
import { logLines } from "./line-log.js";

async function logged(chunks: readonly (string | number)[]): Promise<readonly string[]> {
  const clock = new ManualClock();
  const stream = new PassThrough();
  const lines: string[] = [];
  logLines(stream, { clock, log: (line) => lines.push(line) });
  for (const chunk of chunks) {
    if (typeof chunk === "number") clock.advance(chunk);
    else if (!stream.write(chunk)) await once(stream, "drain");
    await new Promise(setImmediate);
  }
  stream.end();
  await once(stream, "end");
  return lines;
}

test("lines are put together from what comes, and the last one needs no end", async () => {
  assert.deepEqual(await logged(["a", "b\nc\n\nd", "e"]), ["ab", "c", "de"]);
});

test("a long line is cut, and of a flood the first lines of each second are logged", async () => {
  const [long] = await logged(["x".repeat(10_000)]);
  assert.equal(long?.length, 4096);
  const flood = "again\n".repeat(1000);
  assert.equal((await logged([flood, flood, 1000, flood])).length, 100);
});
