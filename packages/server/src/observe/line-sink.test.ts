import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { LineSink, linesWithin } from "./line-sink.js";
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

test("a sink that others write to as well writes whole lines, as many as a pipe takes at once", async () => {
  const file = tempFile();
  const sink = new LineSink(file.fd, { isShared: true });
  const lines = Array.from({ length: 500 }, (_, i) => `line ${i} ${"ü".repeat(i % 97)}\n`);
  const long = `${"x".repeat(10_000)}\n`;
  for (const line of [...lines, long, ...lines]) sink.write(line);
  await sink.close();
  closeSync(file.fd);
  assert.equal(file.text(), [...lines, long, ...lines].join(""));
});

test("a piece has the lines that fit in their bytes, and one at least", () => {
  assert.equal(linesWithin(["aa\n", "ü\n", "b\n"], 6), 2);
  assert.equal(linesWithin(["aa\n", "ü\n", "b\n"], 5), 1);
  assert.equal(linesWithin(["aa\n", "ü\n", "b\n"], 8), 3);
  assert.equal(linesWithin(["aaaa\n", "b\n"], 4), 1);
});

test("lines of a process among several have its number", async () => {
  const file = tempFile();
  const { logger, flush } = createPinoLogger({ fd: file.fd, process: 3 });
  logger.info({}, "hello");
  await flush();
  assert.equal(JSON.parse(file.text()).process, 3);
});
