import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { repositoryRoot, runCommand } from "../harness/paddlewheel-command.js";

const run = promisify(execFile);

/** Without what tells a `node --test` that it runs inside another, which would make it run nothing. */
const { NODE_TEST_CONTEXT: _, ...env } = process.env;

/** What a page shows, by the language behind the fence. */
function blocksOf(page: string, language: string): readonly string[] {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, found]) => found === language)
    .map(([, , text = ""]) => text);
}

export function readOpsPage(): Promise<string> {
  return readFile(join(repositoryRoot, "docs/ops.md"), "utf8");
}

/**
 * A project of `paddlewheel new` with everything that docs/ops.md shows: its TypeScript as the module that it says it is,
 * and all its other files.
 */
export async function createOpsProject(page: string, folder: string): Promise<void> {
  const made = await runCommand(["new", folder]);
  assert.equal(made.code, 0, made.stderr);
  // In place of `npm install`: the packages as they are here.
  await symlink(join(repositoryRoot, "node_modules"), join(folder, "node_modules"));
  const isTest = (text: string): boolean => text.includes('from "node:test"');
  const isServices = (text: string): boolean => text.startsWith("services {");
  const code = blocksOf(page, "ts");
  const conf = blocksOf(page, "prototxt");
  const files = {
    "src/ops.ts": code.filter((text) => !isTest(text)),
    "src/ops.test.ts": code.filter(isTest),
    "conf/workflow.prototxt": conf.filter((text) => !isServices(text)),
    "conf/infer_service.prototxt": conf.filter(isServices),
    "protos/rank.proto": blocksOf(page, "proto"),
  };
  for (const [file, texts] of Object.entries(files)) {
    assert.notEqual(texts.length, 0, `docs/ops.md shows nothing of ${file}`);
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), texts.join("\n"));
  }
}

/** Runs a script of the project's package.json. @throws Error with all it wrote when it fails. */
export async function runScript(folder: string, script: string): Promise<string> {
  return (await run("npm", ["run", script, "--silent"], { cwd: folder, env })).stdout;
}
