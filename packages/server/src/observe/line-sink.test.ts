import assert from "node:assert/strict";
import { test } from "node:test";
import { LineSink, linesWithin } from "./line-sink.js";
import { createPinoLogger } from "./pino-logger.js";
import { LogFile } from "./testing/log-file.js";

test("every line arrives once and in order, also beyond the size of a piece", async (t) => {
  const file = new LogFile(t);
  const sink = new LineSink(file.fd);
  const lines = Array.from({ length: 5000 }, (_, i) => `line ${i} ${"x".repeat(50)}\n`);
  for (const line of lines) sink.write(line);
  await sink.close();
  file.close();
  assert.equal(file.text(), lines.join(""));
});

test("a log that cannot be written costs nobody anything", async (t) => {
  const file = new LogFile(t);
  file.close();
  const sink = new LineSink(file.fd);
  sink.write("lost\n");
  await sink.close();
});

test("lines beyond what may be held are dropped and counted", async (t) => {
  const file = new LogFile(t);
  const sink = new LineSink(file.fd);
  const line = `${"x".repeat(1024 * 1024)}\n`;
  // No turn of the event loop passes, so no piece can be finished: the reader looks stalled.
  for (let i = 0; i < 20; i++) sink.write(line);
  assert.ok(sink.dropped > 0 && sink.dropped < 20);
  await sink.close();
});

test("a line is JSON with level, time, the child's fields and its own", async (t) => {
  const file = new LogFile(t);
  const { logger, flush } = createPinoLogger({ fd: file.fd });
  logger.child({ service: "S" }).info({ code: 0, text: 'a "b"\n' }, "call");
  logger.debug({}, "not written");
  await flush();
  const { time, ...line } = JSON.parse(file.text());
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(line, { level: "info", service: "S", code: 0, text: 'a "b"\n', msg: "call" });
});

test("a sink that others write to as well writes whole lines, as many as a pipe takes at once", async (t) => {
  const file = new LogFile(t);
  const sink = new LineSink(file.fd, { isShared: true });
  const lines = Array.from({ length: 500 }, (_, i) => `line ${i} ${"ü".repeat(i % 97)}\n`);
  const long = `${"x".repeat(10_000)}\n`;
  for (const line of [...lines, long, ...lines]) sink.write(line);
  await sink.close();
  file.close();
  assert.equal(file.text(), [...lines, long, ...lines].join(""));
});

test("a write has the lines that fit in its bytes, and one at least", () => {
  const within = (lines: string, maxBytes: number, start = 0): number =>
    linesWithin(Buffer.from(lines), start, maxBytes);
  assert.equal(within("aa\nü\nb\n", 6), 6);
  assert.equal(within("aa\nü\nb\n", 5), 3);
  assert.equal(within("aa\nü\nb\n", 8), 8);
  assert.equal(within("aa\nü\nb\n", 4, 3), 3);
  assert.equal(within("aaaa\nb\n", 4), 5);
  assert.equal(within("b\naaaa\nb\n", 4, 2), 5);
});

test("lines of a process among several have its number", async (t) => {
  const file = new LogFile(t);
  const { logger, flush } = createPinoLogger({ fd: file.fd, process: 3 });
  logger.info({}, "hello");
  await flush();
  assert.equal(JSON.parse(file.text()).process, 3);
});
