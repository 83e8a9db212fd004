import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { runCommand } from "../harness/paddlewheel-command.js";
import { type ConfFault, rightFiles } from "./conf-fault.js";
import { serviceFaults } from "./service-faults.js";
import { workflowFaults } from "./workflow-faults.js";

const faults = [...workflowFaults, ...serviceFaults];

// Two at a time, one for each core of a small machine: most of the time of a check is the start of its process.
describe("paddlewheel check tells of", { concurrency: 2 }, () => {
  let root = "";

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "paddlewheel-faults-"));
  });

  after(() => rm(root, { recursive: true }));

  for (const [index, { what, files, lines }] of faults.entries()) {
    test(what, async () => {
      const dir = join(root, String(index));
      await writeFiles(dir, files);
      const { code, stdout, stderr } = await runCommand(["check", "."], { cwd: dir });
      assert.deepEqual(stdout.replaceAll(dir, "DIR").trimEnd().split("\n"), lines);
      assert.deepEqual({ code, stderr }, { code: 1, stderr: "" });
    });
  }
});

async function writeFiles(dir: string, files: ConfFault["files"]): Promise<void> {
  await mkdir(dir);
  for (const [file, text] of Object.entries({ ...rightFiles, ...files })) {
    await writeFile(join(dir, file), text);
  }
}
