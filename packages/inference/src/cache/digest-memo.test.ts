import assert from "node:assert/strict";
import { readFile, rename, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { createModelFolder } from "../testing/model-folder.js";
import { DigestMemo } from "./digest-memo.js";

/** Far enough after a file was written for it to be settled. */
const later = () => Date.now() + 60_000;

interface Kit {
  readonly dir: string;
  readonly file: string;
  readonly bootId: string;
  open(now?: () => number): Promise<DigestMemo>;
}

async function createKit(t: TestContext): Promise<Kit> {
  const dir = await createModelFolder(t, { file: new Uint8Array(3_000_000), boot: new Uint8Array([1]) });
  const bootId = join(dir, "boot");
  const open = (now = later) => DigestMemo.open(dir, { bootId, now });
  return { dir, file: join(dir, "file"), bootId, open };
}

/** Puts a digest into the memo that no file has, to see where it comes from. */
async function forge({ dir }: Kit): Promise<string> {
  const path = join(dir, "digests.json");
  const memo = JSON.parse(await readFile(path, "utf8")) as { digests: [string, string][] };
  const forged = "f".repeat(64);
  await writeFile(path, JSON.stringify({ ...memo, digests: memo.digests.map(([stamp]) => [stamp, forged]) }));
  return forged;
}

async function keep(kit: Kit, now?: () => number): Promise<string> {
  const memo = await kit.open(now);
  const digest = await memo.digest(kit.file);
  await memo.save();
  return digest;
}

describe("DigestMemo", () => {
  test("reads a file once, under whatever name it has", async (t) => {
    const kit = await createKit(t);
    await keep(kit);
    const forged = await forge(kit);
    assert.equal(await (await kit.open()).digest(kit.file), forged);
    assert.equal(await keep(kit), forged);
  });

  test("reads a file again that was written, replaced or digested while it was new", async (t) => {
    const kit = await createKit(t);
    const whole = await keep(kit);
    const { size, atime, mtime } = await stat(kit.file);
    const changes = [
      () => writeFile(kit.file, new Uint8Array(size).fill(1)),
      () =>
        writeFile(join(kit.dir, "other"), new Uint8Array(size).fill(2)).then(() =>
          rename(join(kit.dir, "other"), kit.file),
        ),
    ];
    for (const change of changes) {
      const forged = await forge(kit);
      await change();
      await utimes(kit.file, atime, mtime);
      const digest = await keep(kit);
      assert.notEqual(digest, forged);
      assert.notEqual(digest, whole);
    }
  });

  test("keeps nothing of a file that may be written once more in the same tick", async (t) => {
    const kit = await createKit(t);
    await keep(kit, () => 0);
    await assert.rejects(readFile(join(kit.dir, "digests.json")));
  });

  test("forgets all after a boot, and keeps nothing where boots cannot be told apart", async (t) => {
    const kit = await createKit(t);
    const digest = await keep(kit);
    await forge(kit);
    await writeFile(kit.bootId, "2");
    assert.equal(await (await kit.open()).digest(kit.file), digest);
    const memo = await DigestMemo.open(kit.dir, { bootId: join(kit.dir, "missing"), now: later });
    assert.equal(await memo.digest(kit.file), digest);
  });

  test("does without a memo it cannot read or write", async (t) => {
    const kit = await createKit(t);
    const digest = await keep(kit);
    for (const text of [
      "",
      "{}",
      '{"digests": 1}',
      `{"boot": "\\u0001", "digests": [["", 1], 2]}`,
      " ".repeat(300_000),
    ]) {
      await writeFile(join(kit.dir, "digests.json"), text);
      assert.equal(await (await kit.open()).digest(kit.file), digest);
    }
    const memo = await DigestMemo.open(join(kit.dir, "nowhere"), { bootId: kit.bootId, now: later });
    assert.equal(await memo.digest(kit.file), digest);
    await memo.save();
  });
});
