import assert from "node:assert/strict";
import { test } from "node:test";
import { createPinoLogger } from "./pino-logger.js";
import { LogFile } from "./testing/log-file.js";

test("a changed level counts at once, for loggers made before too", async (t) => {
  const file = new LogFile(t);
  const sink = createPinoLogger({ level: "warn", fd: file.fd });
  const child = sink.logger.child({ part: "child" });
  child.info({}, "hidden");
  sink.level = "debug";
  child.debug({}, "shown");
  sink.level = "silent";
  child.error({}, "silenced");
  await sink.flush();
  const lines = file.text().trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { msg: string }).msg),
    ["shown"],
  );
});
