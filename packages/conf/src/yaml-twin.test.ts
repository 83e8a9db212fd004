import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { dump } from "js-yaml";
import { confType } from "./schema/messages.js";
import { maybe, name, text, uniqueNames } from "./testing/arbitrary-text.js";
import { checkTexts, testKnown } from "./testing/conf-set.js";
import { type ConfObject, renderPrototxt } from "./text/render-prototxt.js";

const condition = fc.constantFrom("present(startup_op)", "startup_op.x == 'a' or false");

/** A chain of nodes, in order, whose dependencies all point back. */
const nodes = uniqueNames(1, 5).chain((names) =>
  fc.tuple(
    ...names.map((node, i) =>
      fc.record({
        name: fc.constant(node),
        type: fc.constant("EchoOp"),
        address: fc.array(fc.constantFrom("127.0.0.1:80", "[::1]:8010", "host:1"), { maxLength: 2 }),
        dependencies: fc.constant(i === 0 ? [] : [{ name: names[i - 1], mode: i % 2 === 0 ? "RO" : "RW" }]),
        config: fc.dictionary(
          fc
            .string({ maxLength: 5 })
            .filter((key) => !["__proto__", "constructor", "prototype"].includes(key)),
          text,
          { maxKeys: 3 },
        ),
        // What gives the response has no condition.
        when: i === names.length - 1 ? fc.constant(undefined) : maybe(condition),
        timeout_ms: maybe(fc.integer({ min: 1, max: 1000 })),
      }),
    ),
  ),
);

const workflows = uniqueNames(1, 3).chain((names) =>
  fc.tuple(
    ...names.map((workflow) =>
      fc.record({
        name: fc.constant(workflow),
        workflow_type: fc.constantFrom("Sequence", "Parallel"),
        nodes,
      }),
    ),
  ),
);

const variable = (kind: "feed" | "fetch") =>
  fc.record({
    name: text.filter((value) => value !== ""),
    alias_name: fc.uuid(),
    is_lod_tensor: maybe(fc.boolean()),
    [`${kind}_type`]: fc.constantFrom(0, 1, 2, 7, 20),
    shape: fc.array(fc.integer({ min: -1, max: 100 }), { maxLength: 4 }),
  });

const confSet = workflows.chain((list) => {
  const workflow = fc.constantFrom(...list.map(({ name: workflowName }) => workflowName));
  const unmapped = fc.record({
    name: fc.constant("EchoService"),
    merger: maybe(fc.constantFrom("default", "AverageMerger")),
    workflows: fc.array(workflow, { minLength: 1, maxLength: 3 }),
    parallel: maybe(fc.boolean()),
    web_service: maybe(fc.constantFrom("uci", "a-b.c_1")),
    max_concurrency: maybe(fc.constantFrom("0", "16", "auto", "timeout", "timeout:250")),
    proto_file: maybe(fc.constant("../protos/echo.proto")),
    restful_mappings: fc.subarray(["/v1/* => inference", "v1/run/ => debug", "/v2/*/x => run"]),
    allow_default_url: maybe(fc.boolean()),
  });
  const mapped = fc.record({
    name: fc.constant("GeneralModelService"),
    enable_map_request_to_workflow: fc.constant(true),
    request_field_key: name,
    value_mapped_workflows: fc.uniqueArray(
      fc.record({ request_field_value: text, workflow: workflow.filter((value) => !value.includes(",")) }),
      { selector: (entry) => entry.request_field_value, minLength: 1, maxLength: 3 },
    ),
  });
  return fc.record({
    infer_service: fc.record({
      port: maybe(fc.integer({ min: 0, max: 65_535 })),
      services: fc.tuple(unmapped, mapped),
    }),
    workflow: fc.record({
      workflows: fc.constant(list),
      ops: fc.uniqueArray(fc.constantFrom("../ops.js", "@me/ops"), { maxLength: 2 }),
    }),
    model_toolkit: uniqueNames(1, 3).chain((names) =>
      fc.record({ engines: fc.tuple(...names.map((engine) => engineOf(engine))) }),
    ),
    general_model: fc.record({
      feed_var: fc.array(variable("feed"), { maxLength: 2 }),
      fetch_var: fc.array(variable("fetch"), { maxLength: 2 }),
    }),
  });
});

function engineOf(engine: string): fc.Arbitrary<ConfObject> {
  return fc.record({
    name: fc.constant(engine),
    type: fc.constantFrom("PADDLE_INFER", "ONNX", "FLUID_CPU_ANALYSIS_DIR"),
    reloadable_meta: maybe(fc.constantFrom("models/uci/fluid_time_file", "elsewhere")),
    reloadable_type: maybe(fc.constantFrom("timestamp_ne", "md5sum", "none")),
    model_dir: fc.constantFrom("models/uci", "./models//uci/", "/srv/app/models/uci"),
    gpu_ids: fc.array(fc.integer({ min: -1, max: 3 }), { maxLength: 2 }),
    sparse_param_service_type: maybe(fc.constantFrom("NONE", "REMOTE")),
    use_gpu: maybe(fc.boolean()),
    runtime_thread_num: maybe(fc.integer({ min: 0, max: 256 })),
    batch_infer_size: maybe(fc.integer({ min: 0, max: 1024 })),
    enable_overrun: maybe(fc.boolean()),
    allow_split_request: maybe(fc.boolean()),
    placement: maybe(fc.constantFrom("auto", "inline", "pool")),
    isolation: maybe(fc.constantFrom("thread", "process")),
    max_run_ms: maybe(fc.integer({ min: 0, max: 86_400_000 })),
    request_cache_size: maybe(fc.integer({ min: 0, max: 4_294_967_295 })),
    max_queue_size: maybe(fc.integer({ min: 1, max: 9999 })),
    intra_op_num_threads: maybe(fc.integer({ min: 0, max: 256 })),
    execution_mode: maybe(fc.constantFrom("sequential", "parallel")),
    execution_providers: fc.subarray(["cuda", "cpu"]),
    enable_mem_pattern: maybe(fc.boolean()),
    version_policy: maybe(fc.constantFrom("latest", "all")),
    num_versions: maybe(fc.integer({ min: 1, max: 9 })),
    versions: fc.array(fc.constantFrom("1", "2"), { maxLength: 2 }),
    version_labels: maybe(fc.constantFrom({ stable: "1" }, { stable: "1", canary: "2" })),
    default_version: maybe(fc.constant("2")),
    version_file: maybe(fc.constant("models/versions")),
    reload_interval_ms: maybe(fc.integer({ min: 10, max: 100_000 })),
    done_file: maybe(fc.constant("DONE")),
    encrypted_model: maybe(fc.boolean()),
    key_file: maybe(fc.constant("models/key")),
  });
}

const types: Readonly<Record<string, string>> = {
  infer_service: "InferServiceConf",
  workflow: "WorkflowConf",
  resource: "ResourceConf",
  model_toolkit: "ModelToolkitConf",
  general_model: "GeneralModelConfig",
};

function textsOf(
  set: Readonly<Record<string, ConfObject>>,
  extension: "prototxt" | "yaml",
): Record<string, string> {
  const resource = {
    model_toolkit_file: [`model_toolkit.${extension}`],
    general_model_file: [`general_model.${extension}`],
  };
  const texts = Object.entries({ ...set, resource }).map(([file, message]) => [
    `conf/${file}.${extension}`,
    extension === "yaml"
      ? dump(message, { skipInvalid: true })
      : renderPrototxt(confType(types[file] ?? ""), message),
  ]);
  return { ...Object.fromEntries(texts), "models/uci/": "", "ops.js": "", "protos/echo.proto": "" };
}

test("a conf set means the same in prototxt and in YAML", () => {
  const property = fc.property(confSet, (set) => {
    const fromText = checkTexts(textsOf(set, "prototxt"), testKnown);
    const fromYaml = checkTexts(textsOf(set, "yaml"), testKnown);
    assert.deepEqual(fromText.faults, []);
    assert.deepEqual(fromYaml.faults, []);
    assert.deepEqual(fromYaml.conf, fromText.conf);
    const messages = (report: typeof fromText) =>
      report.warnings.map(({ field, message }) => `${field}: ${message}`).sort();
    assert.deepEqual(messages(fromYaml), messages(fromText));
  });
  fc.assert(property, { numRuns: 300 });
});

test("values of config keep their YAML types", () => {
  const texts = {
    "conf/infer_service.yaml": "services: {name: EchoService, workflows: w}",
    "conf/workflow.yaml": `workflows:
- name: w
  workflow_type: Sequence
  nodes:
  - {name: a, type: EchoOp, config: {k: 5, rate: 0.5, on: true, off: ~, text: '5', list: [1, {x: y}]}}
`,
  };
  const node = checkTexts(texts).conf?.workflows[0]?.nodes[0];
  assert.deepEqual(node?.config, {
    k: 5,
    rate: 0.5,
    on: true,
    off: null,
    text: "5",
    list: [1, { x: "y" }],
  });
});
