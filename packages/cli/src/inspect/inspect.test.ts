import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { defaultSessionConf } from "@paddlewheel/core";
import { GraphBuilder } from "@paddlewheel/onnx";
import { tableOf } from "../flags/flag.js";
import { parseFlags } from "../flags/parse-flags.js";
import { recordingTerminal } from "../testing/recording-terminal.js";
import { inspect } from "./inspect.js";
import { inspectCommand } from "./inspect-command.js";
import type { ModelReport } from "./model-report.js";
import { renderModel } from "./render-model.js";

let dir = "";
before(async () => {
  dir = await mkdtemp(join(tmpdir(), "paddlewheel-inspect-"));
  const type = { dtype: "float32", shape: ["N", 2] } as const;
  const graph = new GraphBuilder();
  const x = graph.input("x", type);
  const w = graph.externalInitializer("w", { dtype: "float32", shape: [2], location: "w.bin" });
  const doubled = graph.add(x, x);
  graph.output(graph.matMul(graph.add(doubled, doubled), w, { output: "y" }), {
    dtype: "float32",
    shape: ["N"],
  });
  await writeFile(join(dir, "only.onnx"), graph.build());
  await writeFile(join(dir, "w.bin"), Float32Array.of(1, 2));
});
after(() => rm(dir, { recursive: true }));

async function run(...args: string[]): Promise<string> {
  const terminal = recordingTerminal();
  const { values, positionals } = parseFlags(tableOf(inspectCommand.groups), args);
  assert.equal(await inspect({ values, positionals, terminal }), 0);
  return terminal.out.text;
}

async function report(): Promise<ModelReport> {
  return JSON.parse(await run(dir, "--json")) as ModelReport;
}

describe("inspect", () => {
  test("counts operators, the most frequent first", async () => {
    assert.deepEqual(Object.entries((await report()).ops), [
      ["Add", 2],
      ["MatMul", 1],
    ]);
  });

  test("tells the names of free axes", async () => {
    const { inputs, outputs } = await report();
    assert.deepEqual(inputs, [{ name: "x", alias: "x", dtype: "float32", shape: ["N", 2] }]);
    assert.deepEqual(outputs, [{ name: "y", alias: "y", dtype: "float32", shape: ["N"] }]);
  });

  test("counts weights in other files, and names them", async () => {
    const { parameterCount, parameterBytes, externalFiles, bytes } = await report();
    assert.deepEqual([parameterCount, parameterBytes, externalFiles], [2, 8, ["w.bin"]]);
    assert.equal(JSON.parse(await run(join(dir, "only.onnx"), "--json")).bytes, bytes);
  });

  test("runs the model when asked to, and tells where it is placed and whether requests merge", async () => {
    assert.equal((await report()).runs, undefined);
    const { runs } = JSON.parse(await run(dir, "--run", "--json")) as ModelReport;
    const { runMicros = 0, placementReason, batchReason } = runs?.default ?? {};
    assert.ok(runMicros > 0);
    assert.match(placementReason ?? "", /^a run takes \d+ µs, /);
    assert.match(batchReason ?? "", /^8 rows at once are [\d.]+ times as fast as one by one/);
    const [, text] = (await run(dir, "--run")).split("\nruns        default\n");
    assert.match(text ?? "", /^ {2}one row +\d+ µs\n {2}placement +\w+: .*\n {2}batches +.*: 8 rows .*\n$/);
  });

  test("takes aliases from the conf beside the model", async () => {
    const conf = join(dir, "serving_server_conf.prototxt");
    await writeFile(conf, 'feed_var { name: "x" alias_name: "features" feed_type: 1 shape: 2 }');
    assert.equal((await report()).inputs[0]?.alias, "features");
    await rm(conf);
  });

  test("tells how the engines of a conf open the model", async () => {
    assert.deepEqual((await report()).sessions, { default: defaultSessionConf });
    const confDir = await mkdtemp(join(tmpdir(), "paddlewheel-conf-"));
    const engine = `engines { name: "e" type: "ONNX" model_dir: "${dir}" reloadable_type: "none" intra_op_num_threads: 3 }`;
    await writeFile(join(confDir, "model_toolkit.prototxt"), engine);
    await writeFile(
      join(confDir, "resource.prototxt"),
      `model_toolkit_path: "${confDir}" model_toolkit_file: "model_toolkit.prototxt"`,
    );
    await writeFile(
      join(confDir, "workflow.prototxt"),
      'workflows { name: "w" workflow_type: "Sequence" nodes { name: "n" type: "GeneralReaderOp" } }',
    );
    await writeFile(
      join(confDir, "infer_service.prototxt"),
      'services { name: "GeneralModelService" workflows: "w" }',
    );
    const { sessions } = JSON.parse(await run(dir, "--json", "--conf", confDir)) as ModelReport;
    assert.deepEqual(sessions, { e: { ...defaultSessionConf, intraOpNumThreads: 3 } });
    await rm(confDir, { recursive: true });
    await assert.rejects(run(dir, "--conf", confDir), {
      message: `the conf in ${confDir} is at fault: see paddlewheel check ${confDir}`,
    });
  });

  test("writes a table for people", () => {
    const text = renderModel(
      {
        file: "m.onnx",
        bytes: 3 * 1024 ** 2,
        producer: { name: "", version: "" },
        irVersion: 8,
        opsets: { "ai.onnx": 17, "com.example": 1 },
        inputs: [
          { name: "x", alias: "x", dtype: "float32", shape: ["N", 13] },
          { name: "tokens", alias: "t", dtype: "int64", shape: null },
        ],
        outputs: [{ name: "y", alias: "price", dtype: "float32", shape: [] }],
        parameterCount: 14,
        parameterBytes: 1536,
        ops: { Add: 10, MatMul: 1 },
        externalFiles: ["w.bin"],
        sessions: { e: { ...defaultSessionConf, config: { "session.set_denormal_as_zero": "1" } } },
      },
      recordingTerminal().out,
    );
    assert.equal(
      text,
      `model       m.onnx
size        3.0 MiB
parameters  14 (1.5 KiB)
opsets      ai.onnx 17, com.example 1
producer    unknown
weights in  w.bin
inputs
  x       float32  [N, 13]
  tokens  int64    any shape  alias t
outputs
  y  float32  []  alias price
operators
  Add     10
  MatMul  1
session     e
  intraOpNumThreads             1
  interOpNumThreads             1
  executionMode                 sequential
  graphOptimizationLevel        all
  executionProviders            cpu
  enableCpuMemArena             true
  enableMemPattern              true
  session.set_denormal_as_zero  1
`,
    );
  });
});
