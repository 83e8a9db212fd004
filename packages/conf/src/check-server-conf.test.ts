import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Code, defaultBatchingConf, defaultSessionConf, latestVersion, ServeError } from "@paddlewheel/core";
import { checkServerConf, loadServerConf } from "./check-server-conf.js";
import { checkTexts, goodTexts, memoryFiles, testCwd, testKnown, warningLines } from "./testing/conf-set.js";

test("a conf set becomes one configuration with all defaults", () => {
  const { conf, faults, warnings } = checkTexts(goodTexts);
  assert.deepEqual(faults, []);
  assert.deepEqual(warnings, []);
  const node = {
    address: [],
    config: {},
    when: undefined,
    mapOver: undefined,
    mapConcurrency: undefined,
    fallback: undefined,
    timeoutMs: undefined,
    retries: undefined,
    retryBackoffMs: undefined,
  };
  assert.deepEqual(conf, {
    port: 8010,
    services: [
      {
        name: "GeneralModelService",
        merger: "default",
        workflows: ["w1"],
        workflowMap: undefined,
        isParallel: false,
        webService: undefined,
        proto: undefined,
        restful: undefined,
      },
    ],
    workflows: [
      {
        name: "w1",
        workflowType: "Sequence",
        nodes: [
          { ...node, name: "reader", type: "GeneralReaderOp", dependencies: [] },
          {
            ...node,
            name: "infer",
            type: "GeneralInferOp",
            dependencies: [{ name: "reader", mode: "RO" }],
          },
          {
            ...node,
            name: "response",
            type: "GeneralResponseOp",
            dependencies: [{ name: "infer", mode: "RO" }],
          },
        ],
      },
    ],
    engines: [
      {
        name: "infer",
        type: "PADDLE_INFER",
        modelDir: "/srv/app/models/uci",
        reloadableMeta: "/srv/app/models/uci/fluid_time_file",
        reloadableType: "timestamp_ne",
        runtimeThreadNum: 0,
        placement: "auto",
        isolation: "thread",
        maxRunMs: undefined,
        maxQueueSize: 1024,
        requestCacheSize: undefined,
        batchInferSize: 32,
        enableOverrun: false,
        allowSplitRequest: true,
        batching: defaultBatchingConf,
        session: defaultSessionConf,
        versions: latestVersion,
        reloadIntervalMs: undefined,
        isEncrypted: false,
        keyFile: undefined,
        doneFile: undefined,
        model: {
          feedVars: [{ name: "x", aliasName: "x", dtype: "float32", shape: [13], isLodTensor: false }],
          fetchVars: [
            { name: "fc_0.tmp_1", aliasName: "price", dtype: "float32", shape: [1], isLodTensor: false },
          ],
        },
      },
    ],
    opModules: [],
  });
});

test("every setting of an engine and a service reaches the configuration", () => {
  const { conf } = checkTexts({
    ...goodTexts,
    "conf/infer_service.prototxt": `services {
      name: "GeneralModelService" merger: "AverageMerger" workflows: "w1" workflows: "w1"
      parallel: true web_service: "uci" max_concurrency: 16
      method_max_concurrency { method: "debug" limit: "auto" }
    }`,
    "conf/model_toolkit.prototxt": `engines {
      name: "infer" type: "ONNX" model_dir: "models/uci" reloadable_meta: "models/v" reloadable_type: "md5sum"
      runtime_thread_num: 4 batch_infer_size: 8 enable_overrun: true allow_split_request: false
      placement: "pool" isolation: "process" max_run_ms: 2500 max_queue_size: 7 request_cache_size: 268435456
      version_file: "models/versions" version_type: "listed" version_policy: "latest" num_versions: 3
      version_labels { key: "stable" value: "2" } default_version: "stable" reload_interval_ms: 250 done_file: "DONE"
      encrypted_model: true key_file: "models/key"
    }`,
  });
  assert.equal(conf?.port, undefined);
  assert.deepEqual(conf?.services[0], {
    name: "GeneralModelService",
    merger: "AverageMerger",
    workflows: ["w1", "w1"],
    workflowMap: undefined,
    isParallel: true,
    webService: "uci",
    proto: undefined,
    maxConcurrency: 16,
    methodMaxConcurrency: new Map([["debug", "auto"]]),
    restful: undefined,
  });
  const { model: _, ...engine } = conf?.engines[0] ?? {};
  assert.deepEqual(engine, {
    name: "infer",
    type: "ONNX",
    modelDir: "/srv/app/models/uci",
    reloadableMeta: "/srv/app/models/v",
    reloadableType: "md5sum",
    runtimeThreadNum: 4,
    placement: "pool",
    isolation: "process",
    maxRunMs: 2500,
    maxQueueSize: 7,
    requestCacheSize: 268_435_456,
    batchInferSize: 8,
    enableOverrun: true,
    allowSplitRequest: false,
    batching: defaultBatchingConf,
    session: defaultSessionConf,
    isEncrypted: true,
    keyFile: "/srv/app/models/key",
    versions: {
      policy: { kind: "latest", count: 3 },
      labels: { stable: "2" },
      defaultVersion: "stable",
      file: "/srv/app/models/versions",
    },
    reloadIntervalMs: 250,
    doneFile: "DONE",
  });
});

test("what an engine says of versions is held together", () => {
  const toolkit = (fields: string) =>
    `engines { name: "infer" type: "ONNX" model_dir: "models/uci" reloadable_type: "none" ${fields} }`;
  const findings = (fields: string) => {
    const { faults, warnings } = checkTexts({ ...goodTexts, "conf/model_toolkit.prototxt": toolkit(fields) });
    return [...faults, ...warnings].map(({ field, message }) => `${field}: ${message}`);
  };
  assert.deepEqual(findings('versions: "1" versions: "3" default_version: "3"'), []);
  assert.deepEqual(findings('version_policy: "listed"'), [
    'engines[0].version_policy: is "listed", so versions must list what to serve',
  ]);
  assert.deepEqual(findings('version_policy: "all" versions: "1" num_versions: 2'), [
    'engines[0].versions: has no effect with version_policy "all": remove it, or write version_policy: "listed"',
    'engines[0].num_versions: has no effect with version_policy "all": remove it',
  ]);
  assert.deepEqual(findings('version_type: "listed"'), [
    "engines[0].version_type: needs version_file, which it says how to read",
  ]);
  assert.deepEqual(findings('default_version: "stable"'), [
    'engines[0].default_version: no label "stable" in version_labels',
  ]);
  assert.deepEqual(findings('default_version: "stable" version_file: "models/versions"'), []);
  assert.deepEqual(findings('versions: "01" done_file: "../x" default_version: "1 2"'), [
    'engines[0].versions[0]: must be the number of a version, 1 or more without leading zeros, not "01"',
    'engines[0].done_file: must be the name of a file in the folder of the model, not "../x"',
    'engines[0].default_version: must be the number of a version, or a label, not "1 2"',
  ]);
  assert.deepEqual(
    findings('version_labels { key: "3" value: "2" } version_labels { key: "new" value: "x" }'),
    [
      'engines[0].version_labels["3"]: must be a label: a letter or "_", then at most 63 letters, digits, "_", "-" and ".", not "3"',
      'engines[0].version_labels["new"]: must be the number of a version, 1 or more without leading zeros, not "x"',
    ],
  );
});

const controls = {
  when: "present(startup_op)",
  mapOver: "startup_op.items",
  mapConcurrency: 4,
  fallback: "cheap",
  timeoutMs: 50,
  retries: 2,
  retryBackoffMs: 10,
};

const controlTexts = {
  prototxt: `workflows { name: "w1" workflow_type: "Sequence"
    nodes {
      name: "good" type: "EchoOp" when: "present(startup_op)" map_over: "startup_op.items" map_concurrency: 4
      fallback: "cheap" timeout_ms: 50 retries: 2 retry_backoff_ms: 10
    }
    nodes { name: "cheap" type: "EchoOp" }
    nodes { name: "respond" type: "EchoOp" dependencies { name: "good" mode: "RO" } }
  }`,
  yaml: `workflows:
- name: w1
  workflow_type: Sequence
  nodes:
  - {name: good, type: EchoOp, when: present(startup_op), map_over: startup_op.items, map_concurrency: 4,
    fallback: cheap, timeout_ms: 50, retries: 2, retry_backoff_ms: 10}
  - {name: cheap, type: EchoOp}
  - {name: respond, type: EchoOp, dependencies: [{name: good, mode: RO}]}
`,
};

for (const [format, workflow] of Object.entries(controlTexts)) {
  test(`what controls a node reaches the configuration from ${format}`, () => {
    const { "conf/workflow.prototxt": _, ...texts } = goodTexts;
    const { conf, faults } = checkTexts({ ...texts, [`conf/workflow.${format}`]: workflow });
    assert.deepEqual(faults, []);
    const { name, type, address, dependencies, config, ...rest } = conf?.workflows[0]?.nodes[0] ?? {};
    assert.deepEqual(rest, controls);
  });
}

test("services that do not say otherwise run their workflows side by side when the program wants it", () => {
  const texts = {
    ...goodTexts,
    "conf/infer_service.prototxt": `services { name: "GeneralModelService" workflows: "w1" }
services { name: "EchoService" workflows: "w1" parallel: false }`,
  };
  const areParallel = [true, false, undefined].map((parallelServices) => {
    const options = { dir: "conf", cwd: testCwd, known: testKnown, files: memoryFiles(texts) };
    const { conf } = checkServerConf(
      parallelServices === undefined ? options : { ...options, parallelServices },
    );
    return conf?.services.map(({ isParallel }) => isParallel);
  });
  assert.deepEqual(areParallel, [
    [true, false],
    [false, false],
    [false, false],
  ]);
});

test("a service with a .proto file has its own types and needs no known name", () => {
  const { conf, faults } = checkTexts({
    ...goodTexts,
    "conf/infer_service.prototxt": `services { name: "Ranker" workflows: "w1" proto_file: "../protos/ranker.proto" }
services { name: "Echo" workflows: "w1" proto_file: "echo.proto" proto_service: "demo.v1.Echo" }`,
    "protos/ranker.proto": "",
    "conf/echo.proto": "",
  });
  assert.deepEqual(faults, []);
  assert.deepEqual(
    conf?.services.map(({ name, proto }) => [name, proto]),
    [
      ["Ranker", { file: "/srv/app/protos/ranker.proto", service: undefined }],
      ["Echo", { file: "/srv/app/conf/echo.proto", service: "demo.v1.Echo" }],
    ],
  );
});

test("a service has the paths that reach its methods, and the default URL only where it says so", () => {
  const { conf, faults, warnings } = checkTexts({
    ...goodTexts,
    "conf/infer_service.prototxt": `services {
      name: "GeneralModelService" workflows: "w1"
      restful_mappings: "/v1/predict/* => inference"
      restful_mappings: "v1/debug => debug"
    }
    services { name: "EchoService" workflows: "w1" restful_mappings: "/v1/* => inference" allow_default_url: true }`,
  });
  assert.deepEqual([faults, warnings], [[], []]);
  assert.deepEqual(
    conf?.services.map(({ restful }) => restful),
    [
      {
        mappings: [
          { path: "/v1/predict/*", method: "inference" },
          { path: "/v1/debug", method: "debug" },
        ],
        allowDefaultUrl: false,
      },
      { mappings: [{ path: "/v1/*", method: "inference" }], allowDefaultUrl: true },
    ],
  );
});

test("a mapped service has the workflows of each value, in order", () => {
  const { conf, faults } = checkTexts({
    ...goodTexts,
    "conf/infer_service.prototxt": `services {
      name: "GeneralModelService"
      enable_map_request_to_workflow: true
      request_field_key: "kind"
      value_mapped_workflows { request_field_value: "a" workflow: "w1" }
      value_mapped_workflows { request_field_value: "" workflow: " w1 , w1" }
    }`,
  });
  assert.deepEqual(faults, []);
  assert.deepEqual(conf?.services[0]?.workflows, []);
  assert.deepEqual(conf?.services[0]?.workflowMap, {
    requestField: "kind",
    workflows: new Map([
      ["a", ["w1"]],
      ["", ["w1", "w1"]],
    ]),
  });
});

test("what a service says of both ways to pick workflows is warned of when it has no effect", () => {
  const texts = {
    ...goodTexts,
    "conf/infer_service.prototxt": `services { name: "GeneralModelService" workflows: "w1" request_field_key: "k" }
services {
  name: "EchoService" enable_map_request_to_workflow: true request_field_key: "k"
  value_mapped_workflows { request_field_value: "a" workflow: "w1" }
  workflows: "w1"
}`,
  };
  assert.deepEqual(warningLines(texts), [
    "conf/infer_service.prototxt:1 services[0].request_field_key: has no effect unless enable_map_request_to_workflow is true",
    "conf/infer_service.prototxt:5 services[1].workflows: has no effect while enable_map_request_to_workflow is true: a field of the request picks them",
  ]);
});

test("a general model belongs to all engines of the toolkit at its index", () => {
  const toolkit = (...names: string[]) =>
    names
      .map(
        (name) => `engines { name: "${name}" type: "ONNX" model_dir: "models/uci" reloadable_type: "none" }`,
      )
      .join("\n");
  const { conf, faults } = checkTexts({
    ...goodTexts,
    "conf/resource.prototxt": `
      model_toolkit_file: ["conf/a.prototxt", "conf/b.prototxt", "conf/c.prototxt"]
      general_model_file: ["conf/general_model.prototxt", "conf/empty.prototxt"]`,
    "conf/a.prototxt": toolkit("infer", "other"),
    "conf/b.prototxt": toolkit("b"),
    "conf/c.prototxt": toolkit("c"),
    "conf/empty.prototxt": "# the model speaks for itself",
  });
  assert.deepEqual(faults, []);
  const aliases = conf?.engines.map(({ name, model }) => [name, model?.fetchVars[0]?.aliasName]);
  assert.deepEqual(aliases, [
    ["infer", "price"],
    ["other", "price"],
    ["b", undefined],
    ["c", undefined],
  ]);
});

test("an engine without a general model takes the conf that lies in its model folder", () => {
  const { conf } = checkTexts({
    ...goodTexts,
    "conf/resource.prototxt": 'model_toolkit_file: "conf/model_toolkit.prototxt"',
    "models/uci/serving_server_conf.prototxt": 'feed_var { name: "from_dir" feed_type: 1 shape: 13 }',
  });
  assert.equal(conf?.engines[0]?.model?.feedVars[0]?.name, "from_dir");
});

test("the faults of a model's conf are told once, however many engines share it", () => {
  const engine = (name: string) =>
    `engines { name: "${name}" type: "ONNX" model_dir: "models/uci" reloadable_type: "none" }`;
  const { faults } = checkTexts({
    ...goodTexts,
    "conf/resource.prototxt": 'model_toolkit_file: "conf/model_toolkit.prototxt"',
    "conf/model_toolkit.prototxt": `${engine("infer")} ${engine("b")}`,
    "models/uci/serving_server_conf.prototxt": "feed_var { }",
  });
  assert.deepEqual(
    faults.map(({ file, field }) => `${file} ${field}`),
    ["models/uci/serving_server_conf.prototxt feed_var[0].name"],
  );
});

test("paths are looked for in the working directory, then the conf folder, then the one above it", () => {
  const engine = `engines { name: "infer" type: "ONNX" model_dir: "m" reloadable_meta: "m/tag" reloadable_type: "timestamp_gt" }`;
  const texts = {
    ...goodTexts,
    "conf/resource.prototxt": 'model_toolkit_file: "t.prototxt"',
    "conf/t.prototxt": engine,
  };
  const places = ["m/", "app/conf/m/", "app/m/"];
  const found = places.map((_, i) => {
    const moved = Object.entries(texts).map(([path, text]) => [`app/${path}`, text]);
    const folders = places.slice(i).map((folder) => [folder, ""]);
    const files = memoryFiles(Object.fromEntries([...moved, ...folders]));
    const { conf } = checkServerConf({ dir: "app/conf", cwd: testCwd, known: testKnown, files });
    return [conf?.engines[0]?.modelDir, conf?.engines[0]?.reloadableMeta];
  });
  assert.deepEqual(found, [
    ["/srv/app/m", "/srv/app/m/tag"],
    ["/srv/app/app/conf/m", "/srv/app/app/conf/m/tag"],
    ["/srv/app/app/m", "/srv/app/app/m/tag"],
  ]);
});

test("a path that all places miss is reported with all of them", () => {
  const files = memoryFiles(
    Object.fromEntries(Object.entries(goodTexts).map(([path, text]) => [`app/${path}`, text])),
  );
  const { faults } = checkServerConf({ dir: "app/conf", cwd: testCwd, known: testKnown, files });
  // "./conf" and "./models" are found above the conf folder.
  assert.deepEqual(faults, []);
  const { faults: lost } = checkServerConf({
    dir: "/srv/app/app/conf",
    cwd: "/elsewhere",
    known: testKnown,
    files: memoryFiles({
      ...Object.fromEntries(Object.entries(goodTexts).map(([path, text]) => [`app/${path}`, text])),
      "app/conf/model_toolkit.prototxt": `engines { name: "infer" type: "ONNX" model_dir: "gone" reloadable_type: "none" }`,
    }),
  });
  assert.deepEqual(
    lost.map(({ file, message }) => `${file}: ${message}`),
    [
      '/srv/app/app/conf/model_toolkit.prototxt: there is no folder "gone": looked for /elsewhere/gone and /srv/app/app/conf/gone and /srv/app/app/gone',
    ],
  );
});

test("older names and forms are read with a warning that names the new form", () => {
  const { "conf/infer_service.prototxt": service, ...texts } = goodTexts;
  const old = {
    ...texts,
    "conf/service.prototxt": `${service}`,
    "conf/resource.prototxt": `model_manager_path: "./conf"
model_manager_file: "model_toolkit.prototxt"
general_model_path: "./conf"
general_model_file: "general_model.prototxt"
cube_config_file: "./conf/cube.conf"
`,
    "conf/model_toolkit.prototxt": `engines {
  name: "infer"
  type: "FLUID_GPU_ANALYSIS_DIR"
  model_data_path: "./models/uci"
  batch_infer_size: 0
  enable_batch_align: 0
  static_optimization: false
  force_update_static_cache: false
  enable_memory_optimization: 1
  sparse_param_service_type: REMOTE
  sparse_param_service_table_name: "t"
}
`,
    "conf/general_model.prototxt": `is_lod_feed: true
is_lod_feed: false
feed_type: 1
feed_type: 0
feed_shape { shape: -1 }
feed_shape { shape: [1, 2, 3] }
`,
  };
  const report = checkTexts(old);
  assert.deepEqual(report.faults, []);
  const { engines } = report.conf ?? {};
  assert.equal(engines?.[0]?.type, "PADDLE_INFER");
  assert.equal(engines?.[0]?.modelDir, "/srv/app/models/uci");
  assert.equal(engines?.[0]?.batchInferSize, 32);
  assert.equal(engines?.[0]?.model, undefined);
  assert.deepEqual([engines?.[0]?.reloadableType, engines?.[0]?.reloadableMeta], ["none", undefined]);
  const toolkit = "conf/model_toolkit.prototxt";
  assert.deepEqual(warningLines(old), [
    'conf/service.prototxt: "service" is an older name: call it infer_service.prototxt',
    "conf/resource.prototxt:1 model_manager_path: is an older name: write model_toolkit_path",
    "conf/resource.prototxt:2 model_manager_file: is an older name: write model_toolkit_file",
    "conf/resource.prototxt:5 cube_config_file: has no effect: there is no cube here; remove it",
    "conf/resource.prototxt:5 cube_config_file: stands without cube_config_path: write the folder there and only the name here",
    `${toolkit}:1 engines[0].reloadable_meta: is missing, so the model is not reloaded: name the file to watch, or write reloadable_type: "none"`,
    `${toolkit}:3 engines[0].type: FLUID_GPU_ANALYSIS_DIR is an older name: write "PADDLE_INFER"`,
    `${toolkit}:4 engines[0].model_data_path: is an older name: write model_dir`,
    `${toolkit}:5 engines[0].batch_infer_size: 0 stands for the default, 32: remove it, or write 1 for no batches`,
    `${toolkit}:6 engines[0].enable_batch_align: has no effect: batches are always aligned; remove it`,
    `${toolkit}:7 engines[0].static_optimization: has no effect: the graph is optimised when a model is loaded; remove it`,
    `${toolkit}:8 engines[0].force_update_static_cache: has no effect: the graph is optimised when a model is loaded; remove it`,
    `${toolkit}:9 engines[0].enable_memory_optimization: 1 is the older way to write it: write true`,
    `${toolkit}:10 engines[0].sparse_param_service_type: has no effect: there is no cube here; remove it`,
    `${toolkit}:11 engines[0].sparse_param_service_table_name: has no effect: there is no cube here; remove it`,
    "conf/general_model.prototxt:1 is_lod_feed: the older form has no names, so the model's own are used: write feed_var and fetch_var with name, type and shape",
  ]);
});

test("a service file of the older name is not read beside one of the new name", () => {
  const texts = { ...goodTexts, "conf/service.prototxt": "nonsense" };
  assert.deepEqual(checkTexts(texts).faults, []);
  assert.deepEqual(warningLines(texts), [
    "conf/service.prototxt: is not read, as conf/infer_service.prototxt stands beside it",
  ]);
});

test("Paddle settings without a meaning here are quiet as serve writes them, else warned of", () => {
  const quiet = `gpu_ids: -1 enable_memory_optimization: true enable_ir_optimization: false use_trt: false
    use_lite: false use_xpu: false use_gpu: false combined_model: true gpu_multi_stream: false use_ascend_cl: false
    min_subgraph_size: 3 sparse_param_service_type: NONE`;
  const loud = `gpu_ids: 0
  gpu_memory_mb: 200
  use_trt: true
  key_file: "models/key"
  min_input_shape { key: "x" value: "1 2" }
  dist_endpoints: "10.0.0.1:80"`;
  const toolkit = (fields: string) =>
    `engines { name: "infer" type: "ONNX" model_dir: "models/uci" reloadable_type: "none" ${fields} }`;
  const quietTexts = { ...goodTexts, "conf/model_toolkit.prototxt": toolkit(quiet) };
  assert.deepEqual(warningLines(quietTexts), []);
  const loudTexts = { ...goodTexts, "conf/model_toolkit.prototxt": toolkit(loud) };
  assert.deepEqual(warningLines(loudTexts), [
    "conf/model_toolkit.prototxt:1 engines[0].gpu_ids: has no effect: use_gpu is not true; remove it",
    "conf/model_toolkit.prototxt:2 engines[0].gpu_memory_mb: has no effect: the runtime takes memory as it needs it; remove it",
    "conf/model_toolkit.prototxt:3 engines[0].use_trt: has no effect: use_gpu is not true; remove it",
    "conf/model_toolkit.prototxt:4 engines[0].key_file: has no effect: encrypted_model is not true; remove it",
    "conf/model_toolkit.prototxt:5 engines[0].min_input_shape: has no effect: TensorRT runs with its own defaults; remove it",
    "conf/model_toolkit.prototxt:6 engines[0].dist_endpoints[0]: has no effect: a model is not split over servers; remove it",
  ]);
});

test("a session is opened as ONNX Runtime's fields say, else as Paddle's that mean the same", () => {
  const sessionOf = (fields: string) => {
    const text = `engines { name: "infer" type: "ONNX" model_dir: "models/uci" reloadable_type: "none" ${fields} }`;
    const texts = { ...goodTexts, "conf/model_toolkit.prototxt": text };
    const { conf, faults } = checkTexts(texts);
    assert.deepEqual(faults, []);
    return { session: conf?.engines[0]?.session, warnings: warningLines(texts) };
  };
  const all = `intra_op_num_threads: 2 inter_op_num_threads: 3 execution_mode: "parallel"
    graph_optimization_level: "basic" execution_providers: ["webgpu", "cpu"] enable_cpu_mem_arena: false
    enable_mem_pattern: false session_config { key: "session.set_denormal_as_zero" value: "1" }`;
  assert.deepEqual(sessionOf(all), {
    session: {
      intraOpNumThreads: 2,
      interOpNumThreads: 3,
      executionMode: "parallel",
      graphOptimizationLevel: "basic",
      executionProviders: ["webgpu", "cpu"],
      gpuIds: [],
      config: { "session.set_denormal_as_zero": "1" },
      enableCpuMemArena: false,
      enableMemPattern: false,
    },
    warnings: [],
  });
  const paddle = "cpu_math_thread_num: 4 enable_memory_optimization: false use_gpu: true gpu_ids: [0, 1]";
  assert.deepEqual(sessionOf(paddle), {
    session: {
      ...defaultSessionConf,
      intraOpNumThreads: 4,
      executionProviders: ["cuda", "cpu"],
      gpuIds: [0, 1],
      enableMemPattern: false,
    },
    warnings: [],
  });
  const { session } = sessionOf("use_gpu: true use_trt: true gpu_ids: -1");
  assert.deepEqual([session?.executionProviders, session?.gpuIds], [["tensorrt", "cuda", "cpu"], []]);
  const place = "conf/model_toolkit.prototxt:1 engines[0]";
  assert.deepEqual(sessionOf('use_gpu: true execution_providers: "cpu" gpu_ids: 1').warnings, [
    `${place}.use_gpu: has no effect: execution_providers says where the model runs; remove it`,
    `${place}.gpu_ids: has no effect: use_gpu is not true; remove it`,
  ]);
  assert.deepEqual(sessionOf('session_config { key: "session.disable_prepackin" value: "1" }').warnings, [
    `${place}.session_config["session.disable_prepackin"]: is no key that ONNX Runtime 1.30 knows; did you mean "session.disable_prepacking"?`,
  ]);
});

test("loading gives the configuration or throws all faults, a line each", () => {
  const options = { dir: "conf", cwd: testCwd, known: testKnown };
  const good = loadServerConf({ ...options, files: memoryFiles(goodTexts) });
  assert.equal(good.conf.port, 8010);
  const bad = { ...goodTexts, "conf/infer_service.prototxt": "port: x\nservices: 1" };
  assert.throws(
    () => loadServerConf({ ...options, files: memoryFiles(bad) }),
    (error) => {
      assert.ok(error instanceof ServeError);
      assert.equal(error.code, Code.invalidConf);
      assert.equal(
        error.message,
        "conf/infer_service.prototxt:1 port: must be a whole number from 0 to 4294967295, not x\n" +
          "conf/infer_service.prototxt:2 services[0]: must be a message, the fields of InferService",
      );
      return true;
    },
  );
});

test("conf is read from disk", (context) => {
  const root = mkdtempSync(join(tmpdir(), "conf-"));
  context.after(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(goodTexts)) {
    const file = join(root, path);
    mkdirSync(path.endsWith("/") ? file : join(file, ".."), { recursive: true });
    if (!path.endsWith("/")) writeFileSync(file, text);
  }
  const options = { dir: "conf", cwd: root, known: testKnown };
  assert.equal(loadServerConf(options).conf.engines[0]?.modelDir, join(root, "models/uci"));

  rmSync(join(root, "conf/workflow.prototxt"));
  mkdirSync(join(root, "conf/workflow.prototxt"));
  writeFileSync(join(root, "conf/general_model.prototxt"), Uint8Array.of(0x66, 0xff, 0xfe));
  writeFileSync(join(root, "conf/model_toolkit.prototxt"), "#".repeat(300_000));
  const { faults } = checkServerConf(options);
  assert.deepEqual(
    faults.map(({ file, line, message }) => `${file}:${line} ${message}`),
    [
      "conf/workflow.prototxt:0 is not a file",
      "conf/model_toolkit.prototxt:1 the file has more than 262144 bytes, the most a conf file may have",
      "conf/general_model.prototxt:0 is not UTF-8 text",
    ],
  );
});

test("a conf folder that is not there, or an odd path, is a fault and no crash", () => {
  for (const dir of ["/nowhere/at/all", "a\0b", "x".repeat(5000)]) {
    const { conf, faults } = checkServerConf({ dir, known: testKnown });
    assert.equal(conf, undefined);
    assert.equal(faults[0]?.message, "there is no such file");
  }
});
