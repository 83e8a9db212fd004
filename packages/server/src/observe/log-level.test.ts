import assert from "node:assert/strict";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createPinoLogger } from "./pino-logger.js";

test("a changed level counts at once, for loggers made before too", async () => {
  const dir = await mkdtemp(join(tmpdir(), "paddlewheel-log-"));
  const path = join(dir, "log");
  const file = await open(path, "w");
  const sink = createPinoLogger({ level: "warn", fd: file.fd });
  const child = sink.logger.child({ part: "child" });
  child.info({}, "hidden");
  sink.level = "debug";
  child.debug({}, "shown");
  sink.level = "silent";
  child.error({}, "silenced");
  await sink.flush();
  await file.close();
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
  await rm(dir, { recursive: true });
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { msg: string }).msg),
    ["shown"],
  );
});
