import assert from "node:assert/strict";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { tableOf } from "../flags/flag.js";
import { FlagValues } from "../flags/flag-values.js";
import { recordingTerminal } from "../testing/recording-terminal.js";
import { check } from "./check.js";
import { checkCommand } from "./check-command.js";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "paddlewheel-check-"));
  await writeFile(
    join(dir, "infer_service.prototxt"),
    'services { name: "GeneralModelService" workflows: "w" }\n',
  );
  await writeFile(
    join(dir, "workflow.prototxt"),
    `workflows {
  name: "w"
  workflow_type: "Sequence"
  nodes { name: "read" type: "GeneralReaderOp" }
  nodes { name: "copy" type: "GeneralCopyOp" dependencies { name: "read" mode: "RO" } }
  nodes { name: "respond" type: "GeneralResponseOp" dependencies { name: "copy" mode: "RO" } }
}
`,
  );
});
afterEach(() => rm(dir, { recursive: true }));

async function run(isTerminal: boolean, ...positionals: string[]): Promise<{ code: number; out: string }> {
  const terminal = recordingTerminal(isTerminal);
  const values = new FlagValues(tableOf(checkCommand.groups), new Map());
  const code = await check({ values, positionals, terminal });
  return { code, out: terminal.out.text };
}

async function runWith(predictors: string, ...positionals: string[]): Promise<{ code: number; out: string }> {
  const terminal = recordingTerminal(true);
  const values = new FlagValues(tableOf(checkCommand.groups), new Map([["predictors", predictors]]));
  const code = await check({ values, positionals, terminal });
  return { code, out: terminal.out.text };
}

describe("check", () => {
  test("says nothing of right conf, but sums it up at a terminal", async () => {
    assert.deepEqual(await run(false, dir), { code: 0, out: "" });
    assert.deepEqual(await run(true, dir), {
      code: 0,
      out: "conf is right: 1 service, 1 workflow, 0 engines\n",
    });
  });

  test("marks warnings, which are no faults", async () => {
    await rename(join(dir, "infer_service.prototxt"), join(dir, "service.prototxt"));
    const { code, out } = await run(false, dir);
    assert.equal(code, 0);
    assert.equal(
      out,
      `${join(dir, "service.prototxt")}: warning: "service" is an older name: call it infer_service.prototxt\n`,
    );
    assert.match((await run(true, dir)).out, /: <yellow:warning:> "service".*\n.*, 1 warning\n$/);
  });

  test("has a line for each fault, and counts them at a terminal", async () => {
    await writeFile(
      join(dir, "infer_service.prototxt"),
      'services {\n  name: "GeneralModelService"\n  workflows: "v"\n  workflows: "u"\n}\n',
    );
    const { code, out } = await run(true, dir);
    assert.equal(code, 1);
    const [first, second, summary] = out.split("\n");
    assert.match(first ?? "", /infer_service\.prototxt:3 services\[0\]\.workflows\[0\]: .*"v"/);
    assert.match(second ?? "", /infer_service\.prototxt:4 services\[0\]\.workflows\[1\]: .*"u"/);
    assert.equal(summary, "2 faults");
  });

  const predictors = 'predictors { variants { tag: "a" naming_conf { cluster: "127.0.0.1:1" } } }';

  test("reads the conf of a client, with that of a server or alone", async () => {
    const file = join(dir, "predictors.prototxt");
    await writeFile(file, predictors);
    const client = "conf is right: 1 predictor, 1 variant\n";
    assert.deepEqual(await runWith(file), { code: 0, out: client });
    const server = "conf is right: 1 service, 1 workflow, 0 engines\n";
    assert.deepEqual(await runWith(file, dir), { code: 0, out: server + client });
    await writeFile(file, predictors.replace("127.0.0.1:1", "lst://x"));
    const { code, out } = await runWith(dir);
    assert.equal(code, 1);
    assert.match(
      out,
      /predictors\.prototxt:1 predictors\[0\]\.variants\[0\]\.naming_conf\.cluster: "lst:\/\/".*\n1 fault\n$/,
    );
  });

  test("wants to be told what to read", async () => {
    await assert.rejects(run(false), {
      message: "check: name the folder of the conf files, or a client's conf with --predictors",
    });
  });
});
