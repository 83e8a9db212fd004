import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { repositoryRoot, runCommand } from "../harness/paddlewheel-command.js";
import { type StartedServer, startServer } from "../harness/start-server.js";
import { skipWithout } from "../interop/programs.js";

const run = promisify(execFile);

/** Without what tells a `node --test` that it runs inside another, which would make it run nothing. */
const { NODE_TEST_CONTEXT: _, ...env } = process.env;

/** A line of a Dockerfile that copies, taken apart. */
interface CopyLine {
  readonly stage: string | undefined;
  readonly sources: readonly string[];
}

let parent = "";
let project = "";
before(async () => {
  parent = await mkdtemp(join(tmpdir(), "paddlewheel-new-"));
  project = join(parent, "my-server");
  const { code, stderr } = await runCommand(["new", project]);
  assert.equal(code, 0, stderr);
  // In place of `npm install`: the packages as they are here.
  await symlink(join(repositoryRoot, "node_modules"), join(project, "node_modules"));
});
after(() => rm(parent, { recursive: true }));

const read = (path: string): Promise<string> => readFile(join(project, path), "utf8");
const npm = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  run("npm", args, { cwd: project, env });

async function readJson(file: string): Promise<Record<string, Record<string, string>>> {
  return JSON.parse(await readFile(file, "utf8"));
}

/** What the README shows in the first block of a language that has the text. */
async function readmeBlock(language: string, text: string): Promise<string> {
  const blocks = (await read("README.md")).matchAll(/^```(\w+)\n(.*?)^```$/gms);
  const found = [...blocks].find(([, of, body]) => of === language && body?.includes(text));
  assert.ok(found?.[2], `the README has no block of ${language} with ${text}`);
  return found[2];
}

describe("a project of paddlewheel new", () => {
  test("compiles, and passes its own test", async () => {
    const { stdout } = await npm("test");
    assert.match(stdout, /pass [1-9]/);
    assert.match(stdout, /fail 0/);
  });

  test("has conf that paddlewheel check finds nothing in", async () => {
    const { stdout } = await npm("run", "check", "--silent");
    assert.equal(stdout, "");
  });

  describe("started as its README says", () => {
    let server: StartedServer;
    before(async () => {
      await npm("run", "build");
      const { scripts } = await readJson(join(project, "package.json"));
      const [, args = ""] = scripts?.start?.split("&& paddlewheel ") ?? [];
      server = await startServer([...args.split(" "), "--port", "0"], { cwd: project });
    });
    after(() => server[Symbol.asyncDispose]());

    test("gives the README's answer to the README's call", { skip: skipWithout("curl") }, async () => {
      const call = (await readmeBlock("sh", "curl")).replace("localhost:9393", server.address);
      const { stdout } = await run("sh", ["-c", call]);
      assert.deepEqual(JSON.parse(stdout), JSON.parse(await readmeBlock("json", "result")));
    });

    test("is healthy by the Dockerfile's check, and not once it has stopped", async () => {
      const [, check = ""] = /^HEALTHCHECK .*CMD (\[.*\])$/m.exec(await read("Dockerfile")) ?? [];
      const [, ...args] = JSON.parse(check.replace("127.0.0.1:9393", server.address)) as string[];
      await run(process.execPath, args);
      await server.stop();
      await assert.rejects(run(process.execPath, args), { code: 1 });
    });
  });

  test("has every file that its Dockerfile copies, and keeps none of them from the image", async () => {
    const ignored = (await read(".dockerignore")).split("\n");
    const copies = copyLines(await read("Dockerfile"));
    const fromContext = copies.filter(({ stage }) => stage === undefined).flatMap(({ sources }) => sources);
    assert.ok(fromContext.includes("package-lock.json"));
    // npm install writes the lock file.
    const there = [...(await readdir(project)), "package-lock.json"];
    for (const source of fromContext) {
      assert.ok(there.includes(source), `COPY ${source}: there is no such file`);
      assert.ok(!ignored.includes(source), `COPY ${source}: .dockerignore leaves it out`);
    }
    const made = ["node_modules", "dist"];
    for (const source of copies.flatMap(({ stage, sources }) => (stage === "build" ? sources : []))) {
      const path = source.replace("/app/", "");
      assert.ok(
        [...fromContext, ...made].includes(path),
        `COPY --from=build ${source}: nothing puts it there`,
      );
    }
  });

  test("listens on one port in conf, README and Dockerfile", async () => {
    const [, port] = /^port: (\d+)$/m.exec(await read("conf/infer_service.prototxt")) ?? [];
    assert.match(await read("Dockerfile"), new RegExp(`^EXPOSE ${port}$`, "m"));
    assert.match(await read("Dockerfile"), new RegExp(`127\\.0\\.0\\.1:${port}/health/ready`));
    assert.match(await readmeBlock("sh", "curl"), new RegExp(`localhost:${port}/`));
  });

  test("is compiled by the compiler that this repository uses", async () => {
    const own = (await readJson(join(project, "package.json"))).devDependencies;
    const ours = (await readJson(join(repositoryRoot, "package.json"))).devDependencies;
    for (const [name, version] of Object.entries(own ?? {})) assert.equal(version, ours?.[name], name);
  });

  test("can be written by the package as npm packs it", async () => {
    const cli = join(repositoryRoot, "packages/cli");
    const { stdout } = await run("npm", ["pack", "--dry-run", "--json"], { cwd: cli, env });
    const [{ files = [] } = {}] = JSON.parse(stdout) as { files?: { path: string }[] }[];
    const packed = files.map(({ path }) => path);
    const templates = await readdir(join(cli, "templates"), { recursive: true, withFileTypes: true });
    for (const { parentPath, name } of templates.filter((entry) => entry.isFile())) {
      const path = join(parentPath, name).slice(cli.length + 1);
      assert.ok(packed.includes(path), `${path} is not packed`);
    }
  });
});

function copyLines(dockerfile: string): CopyLine[] {
  return [...dockerfile.matchAll(/^COPY (?:--from=(\S+) )?(.+) \S+$/gm)].map(([, stage, sources = ""]) => ({
    stage,
    sources: sources.split(" "),
  }));
}
