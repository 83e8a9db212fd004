import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { Call, Code, ServeError } from "@paddlewheel/core";
import fc from "fast-check";
import { loggedAccess } from "./access-log.js";
import { createPinoLogger, type LogSink, type PinoLoggerOptions } from "./pino-logger.js";
import { LogFile } from "./testing/log-file.js";

const labels = { protocol: "grpc", service: 'a."Service"', method: "inference" };
const traceContext = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  parentSpanId: undefined,
  isSampled: true,
  state: "",
};

function createLog(t: TestContext, options: PinoLoggerOptions): [LogSink, () => Promise<string>] {
  const file = new LogFile(t);
  const sink = createPinoLogger({ ...options, fd: file.fd });
  const readAll = async (): Promise<string> => {
    await sink.flush();
    return file.text();
  };
  return [sink, readAll];
}

function withoutTime(lines: string): string[] {
  return lines
    .trim()
    .split("\n")
    .map((line) => line.replace(/"time":"[^"]+"/, '"time":""'));
}

describe("printedAccess", () => {
  test("writes the very line that the logger would", async (t) => {
    const [{ logger, accessLog }, readAll] = createLog(t, {});
    const print = accessLog.forMethod(labels);
    const log = loggedAccess(logger).forMethod(labels);
    const call = fc.record({
      requestId: fc.oneof(fc.string({ unit: "grapheme" }), fc.constant("Ab_c-1.2:3")),
      logId: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      isTraced: fc.boolean(),
      subject: fc.option(fc.oneof(fc.string({ unit: "grapheme" }), fc.constant("CN=a,O=b"))),
      versions: fc.array(fc.constantFrom("uci=1", "uci=2", "ocr=300000")),
      durationUs: fc.nat(),
      error: fc.option(
        fc
          .tuple(fc.string({ unit: "grapheme" }), fc.constantFrom(Code.opFailure, Code.unavailable))
          .map(([text, code]) => new ServeError(code, text, { details: { node: "n" } })),
      ),
    });
    fc.assert(
      fc.property(call, ({ requestId, logId, isTraced, subject, versions, durationUs, error }) => {
        const made = new Call({
          service: "s",
          method: "m",
          requestId,
          logId,
          ...(isTraced ? { traceContext } : {}),
          client: subject === null ? undefined : { subject, altNames: undefined },
        });
        for (const version of versions) made.noteVersion(version);
        print(made, durationUs, error ?? undefined);
        log(made, durationUs, error ?? undefined);
        made.finish();
      }),
    );
    const lines = withoutTime(await readAll());
    assert.ok(lines.length > 0 && lines.length % 2 === 0);
    for (let i = 0; i < lines.length; i += 2) assert.equal(lines[i], lines[i + 1]);
  });

  test("writes nothing when the level is above info", async (t) => {
    const [{ accessLog }, readAll] = createLog(t, { level: "warn" });
    accessLog.forMethod(labels)(new Call({ service: "s", method: "m" }), 1);
    assert.equal(await readAll(), "");
  });
});
