import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { tableOf } from "../flags/flag.js";
import { parseFlags } from "../flags/parse-flags.js";
import { packageVersion } from "../package-version.js";
import { recordingTerminal } from "../testing/recording-terminal.js";
import { UsageError } from "../usage-error.js";
import { newCommand } from "./new-command.js";
import { newProject } from "./new-project.js";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "paddlewheel-new-"));
});
afterEach(() => rm(dir, { recursive: true }));

/** Runs the command and gives what it says. */
async function run(...args: string[]): Promise<string> {
  const terminal = recordingTerminal();
  const { values, positionals } = parseFlags(tableOf(newCommand.groups), args);
  assert.equal(await newProject({ values, positionals, terminal }), 0);
  assert.equal(terminal.out.text, "");
  return terminal.err.text;
}

/** Paths of all files in a folder. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
}

describe("new", () => {
  test("writes a project by the name of its folder, and says what to do next", async () => {
    const folder = join(dir, "shop-ranking");
    const said = `paddlewheel: wrote the project shop-ranking. Next:\n  cd ${folder}\n  npm install\n  npm test\n  npm start\n`;
    assert.equal(await run(folder), said);
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const version = packageVersion();
    assert.equal(manifest.name, "shop-ranking");
    assert.deepEqual(manifest.dependencies, { "@paddlewheel/cli": version, "@paddlewheel/core": version });
    assert.match(await readFile(join(folder, "conf/infer_service.prototxt"), "utf8"), /"shop-ranking"/);
  });

  test("leaves no placeholder, and nothing beside the project", async () => {
    const folder = join(dir, "ranking");
    await run(folder);
    const files = await filesOf(folder);
    for (const dotFile of [".dockerignore", ".gitignore", ".npmrc"])
      assert.ok(files.includes(dotFile), dotFile);
    for (const file of files) assert.doesNotMatch(await readFile(join(folder, file), "utf8"), /\{\{/, file);
    assert.deepEqual(await readdir(dir), ["ranking"]);
  });

  test("takes an empty folder, and a name that is given", async () => {
    const folder = join(dir, "My Server");
    await mkdir(folder);
    await run(folder, "--name", "server_2.0");
    assert.match(await readFile(join(folder, "README.md"), "utf8"), /^# server_2\.0\n/);
  });

  test("refuses a folder that is not empty, and names what is there", async () => {
    await writeFile(join(dir, "b.txt"), "mine");
    await mkdir(join(dir, "a"));
    const message = `${dir} is not empty, it has "a", "b.txt": name a folder that is not there yet`;
    await assert.rejects(run(dir, "--name", "x"), { message });
    assert.deepEqual((await readdir(dir)).sort(), ["a", "b.txt"]);
  });

  test("refuses a file, and leaves it", async () => {
    const file = join(dir, "file");
    await writeFile(file, "mine");
    await assert.rejects(run(file), { message: `${file} is a file: name a folder that is not there yet` });
    assert.equal(await readFile(file, "utf8"), "mine");
  });

  test("refuses the folder it is called in", async (t) => {
    t.mock.method(process, "cwd", () => dir);
    const message = `${dir} is the folder you are in, and would be replaced: go up and name it from there`;
    await assert.rejects(run(".", "--name", "x"), { message });
    assert.deepEqual(await readdir(dir), []);
  });

  test("refuses a folder in one that is not there", async () => {
    const folder = join(dir, "nowhere/server");
    const message = `${folder}: there is no folder ${join(dir, "nowhere")} to put it in`;
    await assert.rejects(run(folder), { message });
  });

  test("wants a folder", async () => {
    await assert.rejects(run(), new UsageError("new: name the folder of the project"));
  });

  const rule = 'must be at most 64 of a-z, 0-9, and single "-", "_" or "." between them';
  for (const name of ["My-Server", "a..b", "-a", "a-", "a/b", "@shop/a", "a b", "模型", "", "a".repeat(65)]) {
    test(`refuses the name ${JSON.stringify(name)}`, async () => {
      const quoted = JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name);
      const message = `--name: ${rule}, not ${quoted}`;
      await assert.rejects(run(join(dir, "x"), `--name=${name}`), new UsageError(message));
      assert.deepEqual(await readdir(dir), []);
    });
  }

  test("says when it is the folder's name that cannot be the project's", async () => {
    const message = `new: "Server" cannot be the project's name, which ${rule}: give one with --name`;
    await assert.rejects(run(join(dir, "Server")), new UsageError(message));
  });
});
