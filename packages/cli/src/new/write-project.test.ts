import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { writeProject } from "./write-project.js";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "paddlewheel-new-"));
});
afterEach(() => rm(dir, { recursive: true }));

describe("writeProject", () => {
  test("writes files in their folders, with the permissions any new folder has", async () => {
    const folder = join(dir, "project");
    await writeProject(
      folder,
      new Map<string, string | Uint8Array>([
        ["a/b.txt", "b"],
        ["c", Buffer.of(1)],
      ]),
    );
    assert.equal(await readFile(join(folder, "a/b.txt"), "utf8"), "b");
    assert.deepEqual(await readFile(join(folder, "c")), Buffer.of(1));
    await mkdir(join(dir, "other"));
    assert.equal((await stat(folder)).mode, (await stat(join(dir, "other"))).mode);
  });

  test("leaves nothing behind when it fails half way", async () => {
    const impossible = new Map([
      ["a", "a file"],
      ["a/b", "in a file"],
    ]);
    await assert.rejects(writeProject(join(dir, "project"), impossible), /EEXIST|ENOTDIR/);
    assert.deepEqual(await readdir(dir), []);
  });

  test("leaves a folder as it is that somebody has filled meanwhile", async () => {
    const folder = join(dir, "project");
    await mkdir(folder);
    await writeFile(join(folder, "mine"), "mine");
    await assert.rejects(writeProject(folder, new Map([["mine", "theirs"]])), /ENOTEMPTY/);
    assert.equal(await readFile(join(folder, "mine"), "utf8"), "mine");
    assert.deepEqual(await readdir(dir), ["project"]);
  });
});
