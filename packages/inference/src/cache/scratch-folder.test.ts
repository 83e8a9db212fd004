import assert from "node:assert/strict";
import { readdir, stat } from "node:fs/promises";
import { test } from "node:test";
import { RecordingMetrics } from "@paddlewheel/core/testing";
import { createModelFolder } from "../testing/model-folder.js";
import { scratchFolders } from "./scratch-folder.js";

test("a scratch folder is for its owner alone, and has room for what it is made for", async (t) => {
  const cacheDir = await createModelFolder(t, {});
  const metrics = new RecordingMetrics();
  const makeScratch = scratchFolders(cacheDir, metrics);
  const dir = await makeScratch(1);
  assert.equal((await stat(dir)).mode & 0o777, 0o700);
  assert.match(await readdir(cacheDir).then(([name = ""]) => name), new RegExp(`^tmp-${process.pid}-`));
  await assert.rejects(makeScratch(Number.MAX_SAFE_INTEGER), (error: Error) => {
    assert.ok(error.message.startsWith(`${cacheDir} has `), error.message);
    assert.ok(error.message.endsWith(`, ${Number.MAX_SAFE_INTEGER} are needed to put the model together`));
    return true;
  });
  assert.equal(metrics.counted("limit_exceeded_total", { limit: "scratch_disk" }), 1);
});
