import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { LineSink } from "./line-sink.js";
import { createPinoLogger } from "./pino-logger.js";

function tempFile(): { readonly fd: number; text(): string } {
  const path = join(mkdtempSync(join(tmpdir(), "paddlewheel-log-")), "log");
  const fd = openSync(path, "w");
  return { fd, text: () => readFileSync(path, "utf8") };
}

test("every line arrives once and in order, also beyond the size of a piece", async () => {
  const file = tempFile();
  const sink = new LineSink(file.fd);
  const lines = Array.from({ length: 5000 }, (_, i) => `line ${i} ${"x".repeat(50)}\n`);
  for (const line of lines) sink.write(line);
  await sink.close();
  closeSync(file.fd);
  assert.equal(file.text(), lines.join(""));
});

test("a log that cannot be written costs nobody anything", async () => {
  const file = tempFile();
  closeSync(file.fd);
  const sink = new LineSink(file.fd);
  sink.write("lost\n");
  await sink.close();
});

test("lines beyond what may be held are dropped and counted", async () => {
  const file = tempFile();
  const sink = new LineSink(file.fd);
  const line = `${"x".repeat(1024 * 1024)}\n`;
  // No turn of the event loop passes, so no piece can be finished: the reader looks stalled.
  for (let i = 0; i < 20; i++) sink.write(line);
  assert.ok(sink.dropped > 0 && sink.dropped < 20);
  await sink.close();
});

test("a line is JSON with level, time, the child's fields and its own", async () => {
  const file = tempFile();
  const { logger, flush } = createPinoLogger({ fd: file.fd });
  logger.child({ service: "S" }).info({ code: 0, text: 'a "b"\n' }, "call");
  logger.debug({}, "not written");
  await flush();
  const { time, ...line } = JSON.parse(file.text());
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(line, { level: "info", service: "S", code: 0, text: 'a "b"\n', msg: "call" });
});
