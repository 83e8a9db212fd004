import assert from "node:assert/strict";
import { test } from "node:test";
import { ServeError } from "@paddlewheel/core";
import { formatDiagnostic } from "../diagnostic.js";
import { goodTexts, memoryFiles, testCwd, testKnown } from "../testing/conf-set.js";
import { checkServeConf } from "./check-serve-conf.js";
import { renderServeConf } from "./render-serve-conf.js";
import type { ServeOptions } from "./serve-options.js";

const modelText = goodTexts["conf/general_model.prototxt"] ?? "";
const files = memoryFiles({
  "uci/serving_server_conf.prototxt": `# a comment that is not copied\n${modelText}`,
  "uci/__params__": "",
  "plain/model.onnx": "",
  "ocr_det_model/": "",
  "bad/serving_server_conf.prototxt": "feed_var { }\n}",
});

function render(options: ServeOptions): ReadonlyMap<string, string> {
  return renderServeConf({ ...options, cwd: testCwd, files });
}

function toolkit(options: ServeOptions, node = "GeneralInferOp_0"): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const line of render(options).get(`${node}/model_toolkit.prototxt`)?.split("\n") ?? []) {
    const [, name, value] = /^ {2}(\w+): (.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields[name] = [...(fields[name] ?? []), value];
  }
  return fields;
}

test("one model gives the files Paddle's serve writes, field for field", () => {
  assert.deepEqual(Object.fromEntries(render({ models: ["uci"] })), {
    "infer_service.prototxt": `port: 9393
services {
  name: "GeneralModelService"
  workflows: "workflow1"
}
`,
    "workflow.prototxt": `workflows {
  name: "workflow1"
  workflow_type: "Sequence"
  nodes {
    name: "GeneralReaderOp_0"
    type: "GeneralReaderOp"
  }
  nodes {
    name: "GeneralInferOp_0"
    type: "GeneralInferOp"
    dependencies {
      name: "GeneralReaderOp_0"
      mode: "RO"
    }
  }
  nodes {
    name: "GeneralResponseOp_0"
    type: "GeneralResponseOp"
    dependencies {
      name: "GeneralInferOp_0"
      mode: "RO"
    }
  }
}
`,
    "resource.prototxt": `model_toolkit_path: "workdir_9393"
model_toolkit_file: "GeneralInferOp_0/model_toolkit.prototxt"
general_model_path: "workdir_9393"
general_model_file: "GeneralInferOp_0/general_model.prototxt"
`,
    "GeneralInferOp_0/model_toolkit.prototxt": `engines {
  name: "GeneralInferOp_0"
  type: "PADDLE_INFER"
  reloadable_meta: "uci/fluid_time_file"
  reloadable_type: "timestamp_ne"
  model_dir: "uci"
  gpu_ids: -1
  enable_memory_optimization: true
  enable_ir_optimization: false
  use_trt: false
  use_lite: false
  use_xpu: false
  use_gpu: false
  combined_model: true
  gpu_multi_stream: false
  use_ascend_cl: false
  runtime_thread_num: 0
  batch_infer_size: 32
  enable_overrun: false
  allow_split_request: true
}
`,
    "GeneralInferOp_0/general_model.prototxt": modelText,
  });
});

test("numbers per model are used in turn, and nodes of one type are counted", () => {
  const options = { models: ["uci", "plain", "uci"], runtimeThreadNum: [2, 4], batchInferSize: [8] };
  const names = [...render(options).keys()].filter((file) => file.endsWith("model_toolkit.prototxt"));
  assert.deepEqual(
    names,
    [0, 1, 2].map((n) => `GeneralInferOp_${n}/model_toolkit.prototxt`),
  );
  const threads = [0, 1, 2].map((n) => toolkit(options, `GeneralInferOp_${n}`).runtime_thread_num);
  assert.deepEqual(threads, [["2"], ["4"], ["2"]]);
  assert.deepEqual(toolkit(options, "GeneralInferOp_2").batch_infer_size, ["8"]);
  assert.deepEqual(toolkit(options, "GeneralInferOp_1").combined_model, ["false"]);
});

test("models go to the Ops that take one, in order", () => {
  const options = { models: ["uci", "plain"], ops: ["GeneralInferOp", "EchoOp:0", "MyOp"] };
  const nodes = [...(render(options).get("workflow.prototxt") ?? "").matchAll(/^ {4}name: "(.*)"$/gm)];
  assert.deepEqual(
    nodes.map(([, name]) => name),
    ["GeneralReaderOp_0", "GeneralInferOp_0", "EchoOp_0", "MyOp_0", "GeneralResponseOp_0"],
  );
  assert.deepEqual(toolkit(options, "MyOp_0").model_dir, ['"plain"']);
});

test("the pair of OCR models starts with a detection Op", () => {
  const files = [...render({ models: ["ocr_det_model", "uci"] }).keys()];
  assert.ok(files.includes("GeneralDetectionOp_0/model_toolkit.prototxt"));
  assert.ok(files.includes("GeneralInferOp_0/model_toolkit.prototxt"));
});

test("device flags have the effects they have in Paddle's serve", () => {
  const cpu = toolkit({ models: ["uci"], useTrt: true, gpuMultiStream: true, gpuIds: ["-1"] });
  assert.deepEqual([cpu.use_trt, cpu.gpu_multi_stream, cpu.gpu_ids], [["false"], ["false"], ["-1"]]);

  const gpu = { models: ["uci", "plain"], useTrt: true, gpuMultiStream: true, gpuIds: ["0,1", "-1"] };
  const first = toolkit(gpu);
  assert.deepEqual(first.gpu_ids, ["0", "1"]);
  assert.deepEqual(
    [first.use_gpu, first.use_trt, first.gpu_multi_stream, first.enable_ir_optimization],
    [["true"], ["true"], ["true"], ["true"]],
  );
  const second = toolkit(gpu, "GeneralInferOp_1");
  assert.deepEqual(
    [second.use_gpu, second.use_trt, second.gpu_multi_stream, second.enable_ir_optimization],
    [["false"], ["false"], ["false"], ["true"]],
  );

  const xpu = toolkit({ models: ["uci"], useXpu: true });
  assert.deepEqual([xpu.use_xpu, xpu.gpu_ids, xpu.use_gpu], [["true"], ["0"], ["false"]]);
});

test("the remaining flags reach their fields", () => {
  const fields = toolkit({
    models: ["uci"],
    memOptimOff: true,
    irOptim: true,
    useLite: true,
    useAscendCl: true,
    useEncryptionModel: true,
    keyFile: "model.key",
    minSubgraphSize: [5],
    dist: {
      carrierId: "inference",
      cfgFile: "d.cfg",
      nranks: 2,
      endpoints: ["a:1", "b:2"],
      subgraphIndex: 1,
    },
  });
  assert.deepEqual(fields.enable_memory_optimization, ["false"]);
  assert.deepEqual(fields.enable_ir_optimization, ["true"]);
  assert.deepEqual([fields.use_lite, fields.use_ascend_cl], [["true"], ["true"]]);
  assert.deepEqual([fields.encrypted_model, fields.key_file], [["true"], ['"model.key"']]);
  assert.deepEqual(fields.min_subgraph_size, ["5"]);
  assert.deepEqual(fields.enable_dist_model, ["true"]);
  assert.deepEqual(fields.dist_endpoints, ['"a:1"', '"b:2"']);
  assert.deepEqual(fields.dist_subgraph_index, ["1"]);

  const resource = render({
    models: ["uci"],
    ops: ["GeneralDistKVQuantInferOp"],
    productName: "p",
    containerId: "c",
    workdir: "w",
    port: 1,
  }).get("resource.prototxt");
  assert.equal(
    resource,
    `model_toolkit_path: "w_1"
model_toolkit_file: "GeneralDistKVQuantInferOp_0/model_toolkit.prototxt"
general_model_path: "w_1"
general_model_file: "GeneralDistKVQuantInferOp_0/general_model.prototxt"
cube_config_path: "w_1"
cube_config_file: "cube.conf"
cube_quant_bits: 8
auth_product_name: "p"
auth_container_id: "c"
`,
  );
});

test("the master of a distributed model has one node that calls the workers", () => {
  const options = { models: [], distWorkerServingEndpoints: ["10.0.0.1:9393", "10.0.0.2:9393"] };
  const rendered = render(options);
  const { conf } = checkServeConf({ ...options, known: testKnown, cwd: testCwd, files });
  assert.deepEqual(conf?.engines, []);
  assert.deepEqual(conf?.workflows[0]?.nodes[0]?.address, options.distWorkerServingEndpoints);
  assert.deepEqual(
    [...rendered.keys()],
    ["infer_service.prototxt", "workflow.prototxt", "resource.prototxt"],
  );
  assert.match(
    rendered.get("workflow.prototxt") ?? "",
    /name: "GeneralRemoteOp_0"\n {4}type: "GeneralRemoteOp"\n {4}address: "10.0.0.1:9393"\n {4}address: "10.0.0.2:9393"\n/,
  );
});

test("serving without files on disk resolves the very files that would be written", () => {
  const options = { models: ["uci", "plain"], runtimeThreadNum: [2], name: "uci", port: 8010 };
  const { conf, faults, warnings } = checkServeConf({ ...options, known: testKnown, cwd: testCwd, files });
  assert.deepEqual(faults, []);
  assert.deepEqual(warnings, []);
  assert.equal(conf?.port, 8010);
  assert.equal(conf?.services[0]?.webService, "uci");
  assert.deepEqual(
    conf?.engines.map(({ name, modelDir, runtimeThreadNum, model }) => [
      name,
      modelDir,
      runtimeThreadNum,
      model?.fetchVars[0]?.aliasName,
    ]),
    [
      ["GeneralInferOp_0", "/srv/app/uci", 2, "price"],
      ["GeneralInferOp_1", "/srv/app/plain", 2, undefined],
    ],
  );
});

const faulty: readonly (readonly [what: string, options: ServeOptions, faults: readonly string[]])[] = [
  ["no model", { models: [] }, ["serve --model: is missing: name the folder of a model"]],
  [
    "a model folder that is not there",
    { models: ["icu"] },
    ['serve --model: there is no folder "icu": looked for /srv/app/icu'],
  ],
  [
    "more models than Ops",
    { models: ["uci", "plain"], ops: ["GeneralInferOp"] },
    ["serve --model: has 2 folders, but 1 Ops of --op run a model"],
  ],
  [
    "an Op that is none",
    { models: ["uci"], ops: ["GeneralInferOps"] },
    ['serve --op: no Op type named "GeneralInferOps"; did you mean "GeneralInferOp"?'],
  ],
  [
    "an Op with a strange ending",
    { models: ["uci"], ops: ["GeneralInferOp:1"] },
    ['serve --op: must be the type of an Op, or Type:0 for one without a model, not "GeneralInferOp:1"'],
  ],
  [
    "a model whose own conf is wrong",
    { models: ["bad"] },
    [
      "bad/serving_server_conf.prototxt:1 feed_var[0].name: is missing, FeedVar needs it",
      'bad/serving_server_conf.prototxt:2: "}" closes nothing',
    ],
  ],
  [
    "a number out of range",
    { models: ["uci"], batchInferSize: [-1] },
    [
      "workdir_9393/GeneralInferOp_0/model_toolkit.prototxt:18 engines[0].batch_infer_size: must be a whole number from 0 to 65536, not -1",
    ],
  ],
];

for (const [what, options, faults] of faulty) {
  test(`serve with ${what} is refused`, () => {
    const report = checkServeConf({ ...options, known: testKnown, cwd: testCwd, files });
    assert.equal(report.conf, undefined);
    assert.deepEqual(report.faults.map(formatDiagnostic), faults);
  });
}

test("rendering throws the faults of flags, a line each", () => {
  assert.throws(
    () => render({ models: ["icu", "plain"], ops: ["GeneralInferOp:2"] }),
    (error) => error instanceof ServeError && error.message.split("\n").length === 3,
  );
});
