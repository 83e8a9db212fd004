import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createModelFolder } from "../testing/model-folder.js";
import { readKeyFile } from "./read-key-file.js";

test("a key file has 32 bytes, in any of three forms", async (t) => {
  const file = join(await createModelFolder(t, {}), "key");
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, i) => i * 8));
  for (const form of [`${bytes.toString("hex")}\n`, bytes.toString("base64"), bytes]) {
    await writeFile(file, form, { mode: 0o600 });
    assert.deepEqual(Buffer.from((await readKeyFile(file)).copy()), bytes);
  }
});

test("a key file that is none is refused, and nothing of it told", async (t) => {
  const dir = await createModelFolder(t, {});
  const file = join(dir, "key");
  for (const content of ["", "canary", "0".repeat(63), "0".repeat(1000)]) {
    await writeFile(file, content, { mode: 0o600 });
    await assert.rejects(readKeyFile(file), {
      message: `the key file ${file}: must be 32 bytes, as 64 hexadecimal digits or as base64`,
    });
  }
  await assert.rejects(readKeyFile(`${file}2`), { message: `the key file ${file}2 cannot be read (ENOENT)` });
  await assert.rejects(readKeyFile(dir), { message: `the key file ${dir} is not a plain file` });
});

test("a key file that others can read or write is refused", async (t) => {
  const file = join(await createModelFolder(t, {}), "key");
  await writeFile(file, "0".repeat(64));
  const message = `the key file ${file} can be read or written by others: chmod 600 ${file}`;
  for (const mode of [0o644, 0o620, 0o602]) {
    await chmod(file, mode);
    await assert.rejects(readKeyFile(file), { message });
  }
  await chmod(file, 0o440);
  await assert.doesNotReject(readKeyFile(file));
});
