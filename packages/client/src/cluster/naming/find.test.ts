import assert from "node:assert/strict";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { findByDns } from "./find-by-dns.js";
import { findInFile } from "./find-in-file.js";
import { defaultServerListLimits } from "./parse-servers.js";

async function serverFile(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "servers-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "servers");
  await writeFile(file, text);
  return file;
}

async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

describe("a server file", () => {
  test("is read once and again when it has changed", async (t) => {
    const file = await serverFile(t, "a:1\n");
    const find = findInFile(file, defaultServerListLimits);
    assert.deepEqual(await find(), [{ address: "a:1", tag: "" }]);
    assert.equal(await find(), undefined);
    await replace(file, "b:1\n");
    assert.deepEqual(await find(), [{ address: "b:1", tag: "" }]);
  });

  test("with faults is refused until it is mended", async (t) => {
    const file = await serverFile(t, "a:1\nb\n\nc\n");
    const find = findInFile(file, defaultServerListLimits);
    const expected = "is no server: expected host:port, or [address]:port for IPv6";
    const refusal = new ServeError(
      Code.invalidConf,
      `${file}:2: "b" ${expected}\n${file}:4: "c" ${expected}`,
    );
    await assert.rejects(find, refusal);
    await assert.rejects(find, refusal);
    await replace(file, "# soon");
    await assert.rejects(find, new ServeError(Code.invalidConf, `${file}: names no server`));
    await replace(file, "a:1");
    assert.deepEqual(await find(), [{ address: "a:1", tag: "" }]);
  });

  test("that is not there is an error, and no news when it comes back as it was", async (t) => {
    const file = await serverFile(t, "a:1\n");
    const find = findInFile(file, defaultServerListLimits);
    await find();
    await rename(file, `${file}.away`);
    await assert.rejects(
      find,
      (error) =>
        error instanceof ServeError && /^cannot read the servers of ".*": ENOENT/.test(error.message),
    );
    await rename(`${file}.away`, file);
    assert.equal(await find(), undefined);
  });

  test("must be a file of a sensible size", async (t) => {
    const file = await serverFile(t, "#".repeat(5 * 1024 * 1024));
    const find = findInFile(file, defaultServerListLimits);
    await assert.rejects(find, {
      message: `cannot read the servers of "${file}": it has 5242880 bytes, at most 4194304 are allowed`,
    });
    await rm(file);
    await mkdir(file);
    await assert.rejects(find, { message: `cannot read the servers of "${file}": it is no file` });
  });
});

describe("DNS", () => {
  const address = { host: "models", port: 80 };

  test("names all addresses of both families, in the same order each time", async () => {
    const answers = [
      ["10.0.0.2", "::1", "10.0.0.1"],
      ["10.0.0.1", "10.0.0.2", "::1", "::1"],
    ];
    const find = findByDns(address, async () => answers.shift() ?? [], 10);
    assert.deepEqual(await find(), [
      { address: "10.0.0.1:80", tag: "" },
      { address: "10.0.0.2:80", tag: "" },
      { address: "[::1]:80", tag: "" },
    ]);
    assert.equal(await find(), undefined, "the same in another order is no news");
    await assert.rejects(
      find,
      new ServeError(Code.unavailable, "cannot resolve models: the name has no address"),
    );
  });

  test("that names too many servers, or fails, is an error", async () => {
    await assert.rejects(
      findByDns(address, async () => ["10.0.0.1", "10.0.0.2"], 1),
      new ServeError(Code.unavailable, "cannot resolve models: 2 servers, at most 1 are allowed"),
    );
    const cause = new Error("queryA SERVFAIL");
    await assert.rejects(
      findByDns(address, () => Promise.reject(cause), 1),
      new ServeError(Code.unavailable, "cannot resolve models: queryA SERVFAIL", { cause }),
    );
  });
});
