import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { tableOf } from "../flags/flag.js";
import { parseFlags } from "../flags/parse-flags.js";
import { UsageError } from "../usage-error.js";
import { confFolder } from "./conf-folder.js";
import { readFlagfile } from "./read-flagfile.js";
import { startGroups } from "./start-flags.js";

const table = tableOf(startGroups);

function isUsageError(message: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof UsageError);
    assert.equal(error.message, message);
    return true;
  };
}

describe("the conf folder", () => {
  const folder = (...args: string[]): string => confFolder(parseFlags(table, args).values);

  test("is ./conf unless a flag names one", () => {
    assert.equal(folder(), "./conf");
    assert.equal(folder("--conf", "a"), "a");
  });

  test("may be named by Paddle Serving's path flags, in any spelling", () => {
    assert.equal(
      folder("-inferservice_path", "a", "-workflow_path", "./a/", "-resource_path", "b/../a"),
      "a",
    );
  });

  test("holds the files under their usual names", () => {
    assert.equal(folder("--workflow_file=workflow.yaml", "--inferservice_file=service.prototxt"), "./conf");
    assert.throws(
      () => folder("--workflow_file=w.prototxt"),
      isUsageError("--workflow_file: the file must be called workflow.prototxt, not w.prototxt"),
    );
  });

  test("is a single one", () => {
    assert.throws(
      () => folder("--conf", "a", "--resource_path", "b"),
      isUsageError("the conf files must lie in one folder, not in a and b; use --conf"),
    );
  });
});

describe("a flagfile", () => {
  let dir = "";
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "paddlewheel-flagfile-"));
  });
  after(() => rm(dir, { recursive: true }));

  async function read(text: string): Promise<[string, unknown][]> {
    const file = join(dir, "flags");
    await writeFile(file, text);
    return [...readFlagfile(table, file).entries()];
  }

  test("has a flag a line, blank lines and comments", async () => {
    assert.deepEqual(await read("# ours\n\n--port=8010\r\n  -num_threads=2  \n--enable_cube=false"), [
      ["port", 8010],
      ["num_threads", 2],
      ["enable_cube", false],
    ]);
  });

  test("may say a flag twice, then the last counts", async () => {
    assert.deepEqual(await read("--port=1\n--port=2\n"), [["port", 2]]);
  });

  for (const [text, message] of [
    ["--port=1\n--prot=2\n", 'flags:2: unknown flag --prot; did you mean "--port"?'],
    ["--port=x", 'flags:1: --port must be a whole number from 0 to 65535, not "x"'],
    ["port=1", 'flags:1: "port=1" is no --flag=value'],
    ["--flagfile=other", "flags:1: a flagfile cannot name another"],
  ] as const) {
    test(`with ${JSON.stringify(text)} is refused by its line`, async () => {
      await assert.rejects(read(text), isUsageError(join(dir, message)));
    });
  }

  test("that is not there fails", () => {
    assert.throws(() => readFlagfile(table, join(dir, "nowhere")), /ENOENT/);
  });
});
