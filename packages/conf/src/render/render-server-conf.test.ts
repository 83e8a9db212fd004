import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BatchingMode,
  defaultBatchingConf,
  defaultSessionConf,
  type EngineConf,
  type InferServiceConf,
  latestVersion,
  type MaxConcurrency,
  type ModelConf,
  type NodeConf,
  ServeError,
  type WorkflowConf,
} from "@paddlewheel/core";
import fc from "fast-check";
import { checkServerConf, type ServerConf } from "../check-server-conf.js";
import { formatDiagnostic } from "../diagnostic.js";
import { maybe, name, text, uniqueNames } from "../testing/arbitrary-text.js";
import { memoryFiles, testCwd, testKnown } from "../testing/conf-set.js";
import type { Notation } from "../text/tree.js";
import { renderServerConf } from "./render-server-conf.js";
import { renderWorkflowConf } from "./render-workflow-conf.js";

/** With the prototype that read confs have. */
function record<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

const configKey = fc
  .oneof(text, fc.constant("<<"))
  .filter((key) => !["__proto__", "constructor", "prototype"].includes(key));

/** What each format can hold as it is. */
const configValues: Readonly<Record<Notation, fc.Arbitrary<unknown>>> = {
  prototxt: text,
  yaml: fc.oneof(
    text,
    fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, true, false, 0, -1, 0.5, 1e300, 4_294_967_296),
        text,
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(configKey, tie("value"), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).value,
  ),
};

/** Numbers of a field without the one that is its default: that is left out. */
function numbers(min: number, max: number, initial?: number): fc.Arbitrary<number | undefined> {
  return maybe(fc.integer({ min, max }).filter((value) => value !== initial));
}

/** Of a node that changes nothing it reads: what may run several times. */
const repeatable = record({
  mapOver: maybe(fc.constantFrom("startup_op", "startup_op.items")),
  mapConcurrency: numbers(1, 256, 16),
  retries: numbers(1, 10),
  retryBackoffMs: numbers(1, 60_000),
}).map(({ mapConcurrency, ...rest }) => ({
  ...rest,
  mapConcurrency: rest.mapOver === undefined ? undefined : mapConcurrency,
}));
const once = fc.constant({
  mapOver: undefined,
  mapConcurrency: undefined,
  retries: undefined,
  retryBackoffMs: undefined,
});

function nodeOf(nodeName: string, previous: string | undefined, format: Notation): fc.Arbitrary<NodeConf> {
  const plain = record({
    name: fc.constant(nodeName),
    type: fc.constant("EchoOp"),
    address: fc.array(fc.constantFrom("127.0.0.1:80", "[::1]:8010"), { maxLength: 2 }),
    config: fc.dictionary(configKey, configValues[format], { maxKeys: 3, noNullPrototype: true }),
    when: maybe(fc.constantFrom("present(startup_op)", "startup_op.kind == 'a\"b'")),
    timeoutMs: numbers(1, 86_400_000),
    fallback: fc.constant(undefined),
  });
  return fc.constantFrom("RO", "RW").chain((mode) =>
    fc.tuple(plain, mode === "RO" ? repeatable : once).map(([node, controls]) => ({
      ...node,
      ...controls,
      dependencies: previous === undefined ? [] : [{ name: previous, mode }],
    })),
  );
}

/** A chain of nodes, to which a fallback of the first may be added. What gives the response has no condition. */
function nodesOf(names: readonly string[], format: Notation): fc.Arbitrary<readonly NodeConf[]> {
  const chain = fc
    .tuple(...names.map((node, i) => nodeOf(node, names[i - 1], format)))
    .map((nodes) => nodes.map((node, i) => (i === nodes.length - 1 ? unconditional(node) : node)));
  const standIn = `${names.join("")}~`;
  const withFallback = fc.tuple(chain, nodeOf(standIn, undefined, format)).map(([[first, ...rest], last]) => {
    return first ? [{ ...first, fallback: standIn }, ...rest, unconditional(last)] : [];
  });
  return fc.oneof(chain, withFallback);
}

function unconditional(node: NodeConf): NodeConf {
  return { ...node, when: undefined };
}

function workflowOf(workflow: string, format: Notation): fc.Arbitrary<WorkflowConf> {
  return record({
    name: fc.constant(workflow),
    workflowType: fc.constantFrom("Sequence", "Parallel"),
    nodes: uniqueNames(1, 4).chain((names) => nodesOf(names, format)),
  });
}

const files = { "models/a/": "", "models/b/": "", "ops.js": "", "protos/my.proto": "" };

const callLimit = fc.constantFrom<MaxConcurrency[]>(0, 16, "auto", "timeout", "timeout:250");

function serviceOf(service: string, workflows: readonly string[]): fc.Arbitrary<InferServiceConf> {
  const some = fc.array(fc.constantFrom(...workflows), { minLength: 1, maxLength: 3 });
  const map = record({
    requestField: name,
    workflows: fc
      .uniqueArray(fc.tuple(text, some), { selector: ([value]) => value, minLength: 1, maxLength: 3 })
      .map((entries) => new Map(entries)),
  });
  return record({
    name: fc.constant(service),
    merger: fc.constantFrom("default", "AverageMerger"),
    workflows: some,
    workflowMap: maybe(map),
    isParallel: fc.boolean(),
    webService: fc.constantFrom(undefined, service),
    proto: maybe(
      record({
        file: fc.constant("/srv/app/protos/my.proto"),
        service: fc.constantFrom(undefined, service, `my.pkg.${service}`),
      }),
    ),
    restful: maybe(
      record({
        mappings: fc.constantFrom([{ path: `/${service}/*`, method: "inference" }]),
        allowDefaultUrl: fc.boolean(),
      }),
    ),
    limits: maybe(record({ maxConcurrency: callLimit })),
    methodLimits: maybe(
      record({
        methodMaxConcurrency: fc
          .uniqueArray(fc.tuple(name, callLimit), {
            minLength: 1,
            maxLength: 3,
            selector: ([method]) => method,
          })
          .map((entries) => new Map(entries)),
      }),
    ),
  }).map(({ limits, methodLimits, ...conf }) => ({
    ...conf,
    ...limits,
    ...methodLimits,
    workflows: conf.workflowMap ? [] : conf.workflows,
  }));
}

const variables = fc.uniqueArray(
  record({
    name: text.filter((value) => value !== ""),
    aliasName: text.filter((value) => value !== ""),
    dtype: fc.constantFrom("int64", "float32", "bfloat16", "string"),
    shape: fc.array(fc.integer({ min: -1, max: 100 }), { maxLength: 4 }),
    isLodTensor: fc.boolean(),
  }),
  { selector: ({ aliasName }) => aliasName, minLength: 1, maxLength: 2 },
) as fc.Arbitrary<ModelConf["feedVars"]>;

const sessions = fc.oneof(
  fc.constant(defaultSessionConf),
  record({
    intraOpNumThreads: fc.integer({ min: 0, max: 256 }),
    interOpNumThreads: fc.integer({ min: 0, max: 256 }),
    executionMode: fc.constantFrom("sequential", "parallel"),
    graphOptimizationLevel: fc.constantFrom("disabled", "basic", "extended", "layout", "all"),
    executionProviders: fc.constantFrom(["cuda", "cpu"], ["tensorrt"]),
    gpuIds: fc.uniqueArray(fc.integer({ min: 0, max: 7 })),
    config: fc.dictionary(fc.constantFrom("session.disable_prepacking", "mlas.use_lut_gemm"), text, {
      noNullPrototype: true,
    }),
    enableCpuMemArena: fc.boolean(),
    enableMemPattern: fc.boolean(),
  }),
) as fc.Arbitrary<EngineConf["session"]>;

function engineOf(engine: string): fc.Arbitrary<EngineConf> {
  const reload = fc.constantFrom(
    { reloadableMeta: undefined, reloadableType: "none" },
    { reloadableMeta: "/srv/app/models/tag", reloadableType: "timestamp_ne" },
    { reloadableMeta: "/srv/app/models/a", reloadableType: "md5sum" },
  ) as fc.Arbitrary<Pick<EngineConf, "reloadableMeta" | "reloadableType">>;
  const version = fc.constantFrom("1", "2", "20240115093000");
  const versions = record({
    policy: fc.oneof(
      record({ kind: fc.constant("latest" as const), count: fc.integer({ min: 1, max: 100 }) }),
      record({ kind: fc.constant("all" as const) }),
      record({
        kind: fc.constant("listed" as const),
        versions: fc.uniqueArray(version, { minLength: 1 }),
      }),
    ),
    labels: record({ stable: version, canary: version }),
    defaultVersion: maybe(fc.constantFrom("stable", "2")),
    file: maybe(fc.constant("/srv/app/models/versions")),
  });
  const rest = record({
    name: fc.constant(engine),
    type: fc.constantFrom("PADDLE_INFER", "ONNX"),
    modelDir: fc.constantFrom("/srv/app/models/a", "/srv/app/models/b"),
    runtimeThreadNum: fc.constantFrom(0, 1, 256),
    placement: fc.constantFrom("auto", "inline", "pool") as fc.Arbitrary<EngineConf["placement"]>,
    isolation: fc.constantFrom("thread", "process") as fc.Arbitrary<EngineConf["isolation"]>,
    maxRunMs: fc.constantFrom(undefined, 0, 86_400_000),
    maxQueueSize: fc.constantFrom(1, 1024, 7),
    requestCacheSize: fc.constantFrom(undefined, 0, 4_294_967_295),
    batchInferSize: fc.constantFrom(8, 32, 64),
    enableOverrun: fc.boolean(),
    allowSplitRequest: fc.boolean(),
    batching: fc.record(
      {
        mode: fc.constantFrom(...Object.values(BatchingMode)),
        maxQueueDelayMicros: fc.constantFrom(0, 500),
        preferredBatchSizes: fc.constantFrom([], [4], [2, 8]),
        enablePadding: fc.boolean(),
        padValue: fc.constantFrom(0, -1, 7),
        maxQueueWaitMs: fc.constantFrom(0, 20),
      },
      { noNullPrototype: true },
    ),
    session: sessions,
    versions,
    reloadIntervalMs: maybe(fc.constantFrom(10, 250, 60_000)),
    doneFile: maybe(fc.constant("DONE")),
    encryption: fc.constantFrom(
      { isEncrypted: false, keyFile: undefined },
      { isEncrypted: true, keyFile: undefined },
      { isEncrypted: true, keyFile: "/srv/app/models/key" },
    ),
    model: maybe(record({ feedVars: variables, fetchVars: variables })),
  });
  return fc.tuple(rest, reload).map(([{ encryption, ...engineConf }, reloading]) => ({
    ...engineConf,
    ...reloading,
    ...encryption,
  }));
}

function serverConf(format: Notation): fc.Arbitrary<ServerConf> {
  return uniqueNames(1, 3).chain((workflows) =>
    record({
      port: maybe(fc.integer({ min: 1, max: 65_535 })),
      services: fc.tuple(serviceOf("EchoService", workflows), serviceOf("GeneralModelService", workflows)),
      workflows: fc.tuple(...workflows.map((workflow) => workflowOf(workflow, format))),
      engines: uniqueNames(0, 3).chain((engines) => fc.tuple(...engines.map(engineOf))),
      opModules: fc.uniqueArray(fc.constantFrom("/srv/app/ops.js", "@me/ops")),
    }),
  );
}

/** What a server started from these files would have. */
function read(rendered: ReadonlyMap<string, string>): ServerConf | undefined {
  const texts = [...rendered].map(([file, content]) => [`conf/${file}`, content]);
  const { conf, faults, warnings } = checkServerConf({
    dir: "conf",
    cwd: testCwd,
    known: testKnown,
    files: memoryFiles({ ...files, ...Object.fromEntries(texts) }),
  });
  assert.deepEqual([...faults, ...warnings].map(formatDiagnostic), []);
  return conf;
}

for (const format of ["prototxt", "yaml"] as const) {
  test(`a configuration written down in ${format} is read as it was`, () => {
    const property = fc.property(serverConf(format), fc.constantFrom(undefined, "conf"), (conf, dir) => {
      const rendered = renderServerConf(conf, dir === undefined ? { format } : { format, dir });
      assert.deepEqual(read(rendered), conf);
    });
    fc.assert(property, { numRuns: 300 });
  });
}

const graph: readonly WorkflowConf[] = [
  {
    name: "rank",
    workflowType: "Parallel",
    nodes: [
      { name: "read", type: "EchoOp", address: [], dependencies: [], config: {} },
      {
        name: "score",
        type: "EchoOp",
        address: [],
        dependencies: [{ name: "read", mode: "RO" }],
        config: { k: 5, label: "line 1\nline 2", exact: true },
        when: "read.kind == 'rank'",
        timeoutMs: 50,
        retries: 0,
        mapConcurrency: 16,
      },
    ],
  },
];

test("a workflow file has its fields in the order of the schema, without defaults", () => {
  assert.equal(
    renderWorkflowConf(graph, "prototxt", ["./ops.js"]),
    `workflows {
  name: "rank"
  workflow_type: "Parallel"
  nodes {
    name: "read"
    type: "EchoOp"
  }
  nodes {
    name: "score"
    type: "EchoOp"
    dependencies {
      name: "read"
      mode: "RO"
    }
    config {
      key: "k"
      value: "5"
    }
    config {
      key: "label"
      value: "line 1\\nline 2"
    }
    config {
      key: "exact"
      value: "true"
    }
    when: "read.kind == \\'rank\\'"
    timeout_ms: 50
  }
}
ops: "./ops.js"
`,
  );
  assert.equal(
    renderWorkflowConf(graph, "yaml"),
    `workflows:
  - name: rank
    workflow_type: Parallel
    nodes:
      - name: read
        type: EchoOp
      - name: score
        type: EchoOp
        dependencies:
          - name: read
            mode: RO
        config:
          k: 5
          label: |-
            line 1
            line 2
          exact: true
        when: read.kind == 'rank'
        timeout_ms: 50
`,
  );
});

test("an option that a format cannot hold is refused by its name", () => {
  const endless: unknown[] = [];
  endless.push(endless);
  const withOption = (value: unknown): readonly WorkflowConf[] => [
    {
      name: "w",
      workflowType: "Sequence",
      nodes: [{ name: "n", type: "T", address: [], dependencies: [], config: { k: value } }],
    },
  ];
  const faultOf = (value: unknown, format: Notation): string => {
    try {
      return renderWorkflowConf(withOption(value), format);
    } catch (error) {
      assert.ok(error instanceof ServeError);
      return error.message;
    }
  };
  const where = 'node "n" config["k"]: ';
  assert.equal(
    faultOf([1], "prototxt"),
    `${where}a list has no form in prototxt, where values are text: write YAML`,
  );
  assert.equal(
    faultOf(null, "prototxt"),
    `${where}null has no form in prototxt, where values are text: write YAML`,
  );
  for (const value of [endless, () => 1, undefined, [Symbol("s")], new Date(0), 1n]) {
    assert.equal(
      faultOf(value, "yaml"),
      `${where}must be text, a number, a bool, null, or lists and objects of these up to 32 levels`,
    );
  }
});

test("each engine has files of its own, numbered when there are several", () => {
  const engine = (engineName: string): EngineConf => ({
    name: engineName,
    type: "ONNX",
    modelDir: "/srv/app/models/a",
    reloadableMeta: undefined,
    reloadableType: "none",
    versions: latestVersion,
    reloadIntervalMs: undefined,
    doneFile: undefined,
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
    isEncrypted: false,
    keyFile: undefined,
    model: undefined,
  });
  const conf = { port: undefined, services: [], workflows: [], opModules: [] };
  const one = renderServerConf({ ...conf, engines: [engine("a")] }, { dir: "demo" });
  assert.deepEqual(
    [...one.keys()],
    [
      "infer_service.prototxt",
      "workflow.prototxt",
      "resource.prototxt",
      "model_toolkit.prototxt",
      "general_model.prototxt",
    ],
  );
  assert.equal(
    one.get("model_toolkit.prototxt"),
    'engines {\n  name: "a"\n  type: "ONNX"\n  reloadable_type: "none"\n  model_dir: "/srv/app/models/a"\n}\n',
  );
  const two = renderServerConf({ ...conf, engines: [engine("a"), engine("../b")] }, { dir: "demo" });
  assert.equal(
    two.get("resource.prototxt"),
    `model_toolkit_file: "demo/model_toolkit_0.prototxt"
model_toolkit_file: "demo/model_toolkit_1.prototxt"
general_model_file: "demo/general_model_0.prototxt"
general_model_file: "demo/general_model_1.prototxt"
`,
  );
});
