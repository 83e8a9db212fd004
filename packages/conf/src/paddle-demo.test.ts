import assert from "node:assert/strict";
import { test } from "node:test";
import { checkTexts, testKnown } from "./testing/conf-set.js";

/** The five files of Paddle Serving's demo server, in its older forms and with its field order. */
const engines = [
  { name: "image_classification_resnet", folder: "SE_ResNeXt50_32x4d", more: memoryFlags() },
  { name: "general_model", folder: "text_classification", more: "" },
  { name: "text_classification_bow", folder: "text_classification_lstm", more: "" },
  {
    name: "ctr_prediction",
    folder: "ctr_prediction",
    more: '  sparse_param_service_type: REMOTE\n  sparse_param_service_table_name: "test_dict"\n',
  },
  { name: "bert", folder: "bert_cased", more: "  enable_memory_optimization: true\n" },
];

function memoryFlags(): string {
  return "  enable_memory_optimization: true\n  static_optimization: false\n  force_update_static_cache: false\n";
}

const chains = [
  { service: "BuiltinDenseFormatService", ops: ["DenseEchoOp"] },
  { service: "BuiltinSparseFormatService", ops: ["SparseEchoOp"] },
  { service: "BuiltinTestEchoService", ops: ["CommonEchoOp"] },
  { service: "ImageClassifyService", ops: ["ReaderOp", "ClassifyOp", "WriteJsonOp"] },
  { service: "BuiltinFluidService", ops: ["Int64TensorEchoOp"] },
  { service: "TextClassificationService", ops: ["TextClassificationOp"] },
  { service: "EchoKVDBService", ops: ["KVDBEchoOp"] },
  { service: "CTRPredictionService", ops: ["CTRPredictionOp"] },
  { service: "BertService", ops: ["BertServiceOp"] },
  { service: "LoadGeneralModelService", ops: ["LoadGeneralModelConfOp"] },
];

function workflowText(index: number, ops: readonly string[]): string {
  const nodes = ops.map((type, i) => {
    // The second workflow is the one that names the request as a dependency.
    const previous = i > 0 ? `node_${i - 1}` : index === 1 ? "startup_op" : undefined;
    const dependency = previous
      ? `    dependencies {\n      name: "${previous}"\n      mode: "RO"\n    }\n`
      : "";
    return `  nodes {\n    name: "node_${i}"\n    type: "${type}"\n${dependency}  }\n`;
  });
  return `workflows {\n  name: "workflow${index + 1}"\n  workflow_type: "Sequence"\n${nodes.join("")}}\n`;
}

const demo: Readonly<Record<string, string>> = {
  "conf/service.prototxt": chains
    .map(({ service }, i) => `services {\n  name: "${service}"\n  workflows: "workflow${i + 1}"\n}\n`)
    .join("\n"),
  "conf/workflow.prototxt": chains.map(({ ops }, i) => workflowText(i, ops)).join("\n"),
  "conf/resource.prototxt":
    'model_toolkit_path: "./conf/"\nmodel_toolkit_file: "model_toolkit.prototxt"\ncube_config_file: "./conf/cube.conf"\n',
  "conf/model_toolkit.prototxt": engines
    .map(
      ({ name, folder, more }) => `engines {
  name: "${name}"
  type: "FLUID_CPU_ANALYSIS_DIR"
  reloadable_meta: "./data/model/paddle/fluid_time_file"
  reloadable_type: "timestamp_ne"
  model_data_path: "./data/model/paddle/fluid/${folder}"
  runtime_thread_num: 0
  batch_infer_size: 0
  enable_batch_align: 0
${more}}
`,
    )
    .join("\n"),
  "conf/general_model.prototxt": `is_lod_feed: true
is_lod_feed: false
is_lod_feed: true
feed_type: 1
feed_type: 0
feed_type: 1

feed_shape {
    shape: -1
}

feed_shape {
    shape: 1
    shape: 2
    shape: 3
}

feed_shape {
    shape: -1
}
`,
  ...Object.fromEntries(engines.map(({ folder }) => [`data/model/paddle/fluid/${folder}/`, ""])),
};

const known = {
  ...testKnown,
  opTypes: new Map(chains.flatMap(({ ops }) => ops.map((type) => [type, { needsEngine: false }] as const))),
  services: new Set(chains.map(({ service }) => service)),
};

test("the conf set of Paddle Serving's demo is read as it is", () => {
  const { conf, faults } = checkTexts(demo, known);
  assert.deepEqual(faults, []);
  assert.equal(conf?.services.length, 10);
  assert.deepEqual(
    conf?.workflows[3]?.nodes.map(({ type }) => type),
    ["ReaderOp", "ClassifyOp", "WriteJsonOp"],
  );
  assert.deepEqual(conf?.workflows[1]?.nodes[0]?.dependencies, [{ name: "startup_op", mode: "RO" }]);
  assert.deepEqual(
    conf?.engines.map(({ name, modelDir, reloadableMeta }) => [name, modelDir, reloadableMeta]),
    engines.map(({ name, folder }) => [
      name,
      `/srv/app/data/model/paddle/fluid/${folder}`,
      "/srv/app/data/model/paddle/fluid_time_file",
    ]),
  );
});

test("every warning about the demo names what to write instead", () => {
  const { warnings } = checkTexts(demo, known);
  const messages = new Map<string, number>();
  for (const { message } of warnings) messages.set(message, (messages.get(message) ?? 0) + 1);
  assert.deepEqual(Object.fromEntries(messages), {
    '"service" is an older name: call it infer_service.prototxt': 1,
    "has no effect: there is no cube here; remove it": 3,
    "stands without cube_config_path: write the folder there and only the name here": 1,
    'FLUID_CPU_ANALYSIS_DIR is an older name: write "PADDLE_INFER"': 5,
    "is an older name: write model_dir": 5,
    "0 stands for the default, 32: remove it, or write 1 for no batches": 5,
    "has no effect: batches are always aligned; remove it": 5,
    "has no effect: the graph is optimised when a model is loaded; remove it": 2,
  });
});

test("the demo's nameless general model leaves the names to the model", () => {
  const resource = `${demo["conf/resource.prototxt"]}general_model_path: "conf"\ngeneral_model_file: "general_model.prototxt"`;
  const { conf, warnings } = checkTexts({ ...demo, "conf/resource.prototxt": resource }, known);
  assert.deepEqual(
    conf?.engines.map(({ model }) => model),
    engines.map(() => undefined),
  );
  const nameless = warnings.filter(({ file }) => file === "conf/general_model.prototxt");
  assert.deepEqual(
    nameless.map(({ line, field }) => `${line} ${field}`),
    ["1 is_lod_feed"],
  );
});
