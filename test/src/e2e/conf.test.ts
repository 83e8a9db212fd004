import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { runCommand } from "../harness/paddlewheel-command.js";

/** A conf set with ten faults, one of each kind that people make. */
const files: Readonly<Record<string, string>> = {
  "infer_service.prototxt": `port: 93930
services {
  name: "GeneralModelServices"
  workflows: "workflow_2"
}
`,
  "workflow.prototxt": `workflows {
  name: "workflow1"
  workflow_type: "Sequenz"
  nodes { name: "reader" type: "GeneralReadOp" }
  nodes {
    name: "model"
    type: "GeneralInferOp"
    dependencies { name: "readr" mode: "RO" }
    dependencies { name: "reader" mode: "R" }
  }
  nodes { name: "response" type: "GeneralResponseOp" dependencies { name: "model" mode: "RO" } }
}
`,
  "resource.prototxt": `model_toolkit_path: "."
model_toolkit_file: "model_toolkit.prototxt"
`,
  "model_toolkit.prototxt": `engines {
  name: "modell"
  type: "ONNXX"
  model_dir: "no_such_folder"
  reloadable_type: "none"
}
`,
};

function faults(dir: string): readonly string[] {
  return [
    "infer_service.prototxt:1 port: must be a whole number from 0 to 65535, not 93930",
    'infer_service.prototxt:3 services[0].name: no service named "GeneralModelServices"; did you mean "GeneralModelService"?',
    'infer_service.prototxt:4 services[0].workflows[0]: no workflow named "workflow_2"; did you mean "workflow1"?',
    'workflow.prototxt:3 workflows[0].workflow_type: workflow "workflow1" has the type "Sequenz", must be "Sequence" or "Parallel"',
    'workflow.prototxt:4 workflows[0].nodes[0].type: no Op type named "GeneralReadOp"; did you mean "GeneralReaderOp"?',
    'workflow.prototxt:6 workflows[0].nodes[1].name: GeneralInferOp runs the engine of its node\'s name: no engine named "model"; did you mean "modell"?',
    'workflow.prototxt:8 workflows[0].nodes[1].dependencies[0].name: no node named "readr" in workflow "workflow1"; did you mean "reader"?',
    'workflow.prototxt:9 workflows[0].nodes[1].dependencies[1].mode: mode is "R", must be "RO" or "RW"',
    'model_toolkit.prototxt:3 engines[0].type: no engine type named "ONNXX"; did you mean "ONNX"?',
    `model_toolkit.prototxt:4 engines[0].model_dir: there is no folder "no_such_folder": looked for ${dir}/no_such_folder and ${dirname(dir)}/no_such_folder`,
  ];
}

describe("paddlewheel check", () => {
  let dir: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "paddlewheel-conf-"));
    for (const [file, text] of Object.entries(files)) await writeFile(join(dir, file), text);
  });

  after(() => rm(dir, { recursive: true }));

  test("prints ten lines for ten faults, each with file, line, field and what is wrong", async () => {
    const { code, stdout, stderr } = await runCommand(["check", "."], { cwd: dir });
    assert.equal(code, 1);
    assert.equal(stderr, "");
    assert.deepEqual(stdout.trimEnd().split("\n"), faults(dir));
  });
});
