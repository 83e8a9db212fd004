import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { tableOf } from "../flags/flag.js";
import { parseFlags } from "../flags/parse-flags.js";
import { recordingTerminal } from "../testing/recording-terminal.js";
import { UsageError } from "../usage-error.js";
import { explain } from "./explain.js";
import { explainCommand } from "./explain-command.js";

let dir = "";
before(async () => {
  dir = await mkdtemp(join(tmpdir(), "paddlewheel-explain-"));
  const files = {
    "infer_service.prototxt": `services { name: "GeneralModelService" workflows: "main" workflows: "copy" web_service: "uci" }`,
    "workflow.prototxt": `
workflows {
  name: "main"
  workflow_type: "Parallel"
  nodes { name: "read" type: "GeneralReaderOp" }
  nodes { name: "infer" type: "GeneralInferOp" dependencies { name: "read" mode: "RO" } }
  nodes { name: "respond" type: "GeneralResponseOp" dependencies { name: "infer" mode: "RO" } }
}
workflows {
  name: "copy"
  workflow_type: "Sequence"
  nodes { name: "read" type: "GeneralReaderOp" }
  nodes { name: "change" type: "GeneralCopyOp" dependencies { name: "read" mode: "RW" } }
  nodes { name: "respond" type: "GeneralResponseOp" dependencies { name: "change" mode: "RO" } }
}`,
    "resource.prototxt": `model_toolkit_path: "${dir}" model_toolkit_file: "toolkit.prototxt"`,
    "toolkit.prototxt": `engines { name: "infer" type: "ONNX" model_dir: "${dir}" }`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
});
after(() => rm(dir, { recursive: true }));

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = recordingTerminal();
  const { values, positionals } = parseFlags(tableOf(explainCommand.groups), args);
  const code = await explain({ values, positionals, terminal });
  return { code, out: terminal.out.text, err: terminal.err.text };
}

describe("explain", () => {
  test("draws services, stages and engines as an outline", async () => {
    assert.equal(
      (await run(dir)).out,
      `service GeneralModelService
  runs workflow main
  runs workflow copy
  one after the other, merged by default
  also POST /uci/prediction

workflow main (Parallel)
  stage 0
    read  GeneralReaderOp
  stage 1
    infer  GeneralInferOp  reads read; runs engine infer
  stage 2
    respond  GeneralResponseOp  reads infer

workflow copy (Sequence)
  stage 0
    read  GeneralReaderOp
  stage 1
    change  GeneralCopyOp  reads read (RW)
  stage 2
    respond  GeneralResponseOp  reads change

engine infer
  ONNX from ${dir}
  placement auto
`,
    );
  });

  test("draws a Mermaid flowchart", async () => {
    assert.equal(
      (await run(dir, "--mermaid")).out,
      `flowchart LR
  s0(["GeneralModelService"])
  subgraph w0["main (Parallel)"]
    w0n1["read<br>GeneralReaderOp"]
    w0n2["infer<br>GeneralInferOp"]
    w0n3["respond<br>GeneralResponseOp"]
    w0n1 --> w0n2
    w0n2 --> w0n3
  end
  subgraph w1["copy (Sequence)"]
    w1n1["read<br>GeneralReaderOp"]
    w1n2["change<br>GeneralCopyOp"]
    w1n3["respond<br>GeneralResponseOp"]
    w1n1 -->|RW| w1n2
    w1n2 --> w1n3
  end
  e0[("infer<br>ONNX")]
  s0 --> w0
  s0 --> w1
  w0n2 -.- e0
`,
    );
  });

  test("draws what controls a node", async () => {
    const controlled = await mkdtemp(join(tmpdir(), "paddlewheel-explain-"));
    await writeFile(
      join(controlled, "infer_service.prototxt"),
      'services { name: "GeneralModelService" workflows: "w" }',
    );
    await writeFile(
      join(controlled, "workflow.prototxt"),
      `workflows {
  name: "w"
  workflow_type: "Parallel"
  nodes { name: "a" type: "GeneralReaderOp" }
  nodes { name: "b" type: "GeneralReaderOp" when: "present(a.x)" timeout_ms: 50 retries: 1 fallback: "c" }
  nodes { name: "c" type: "GeneralReaderOp" }
  nodes { name: "d" type: "GeneralResponseOp" dependencies { name: "b" mode: "RO" } }
}`,
    );
    const outline = (await run(controlled)).out;
    const flowchart = (await run(controlled, "--mermaid")).out;
    await rm(controlled, { recursive: true });
    assert.match(
      outline,
      / b {2}GeneralReaderOp {2}when present\(a\.x\); timeout 50 ms; 1 retry; fallback c\n/,
    );
    assert.match(flowchart, / w0n1 -\. when \.-> w0n2\n {4}w0n2 -\. fallback \.-> w0n3\n/);
  });

  test("lists the faults of wrong conf as check does, and draws nothing", async () => {
    const wrong = await mkdtemp(join(tmpdir(), "paddlewheel-explain-"));
    const { code, out, err } = await run(wrong);
    await rm(wrong, { recursive: true });
    assert.equal(code, 1);
    assert.equal(out, "");
    assert.match(err, /infer_service\.prototxt/);
  });

  test("wants a folder", async () => {
    await assert.rejects(run(), new UsageError("explain: name the folder of the conf files"));
  });
});
