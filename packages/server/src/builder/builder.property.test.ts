import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { checkServerConf, formatDiagnostic, overlayFiles, type ServerConf } from "@paddlewheel/conf";
import type { GeneralBlob, NodeConf } from "@paddlewheel/core";
import fc from "fast-check";
import { createRegistries, knownNames } from "../registries.js";
import type { ModelOptions } from "./model-options.js";
import type { ConfigFor } from "./node-options.js";
import type { OpGraph } from "./op-graph.js";
import { OpGraphMaker } from "./op-graph-maker.js";
import { itemsOf } from "./op-items.js";
import { OpMaker } from "./op-maker.js";
import type { OpNode } from "./op-node.js";
import { Server } from "./server.js";
import { MergeOp, OwnModelOp, type Ranking } from "./testing/shop-ops.js";

type Output = Ranking | Ranking[] | GeneralBlob;

/** What a random node has beside its inputs. */
interface NodeSpec {
  readonly name: string | undefined;
  readonly kind: "plain" | "changing" | "mapped" | "spared" | "model";
  /** Which of the nodes before it are its inputs, by a bit each. */
  readonly inputs: number;
  readonly config: ConfigFor<typeof MergeOp>;
  readonly isConditional: boolean;
  readonly times: { readonly timeoutMs?: number; readonly retryBackoffMs?: number };
  readonly address: readonly string[];
}

const name = fc.oneof(
  fc.stringMatching(/^[A-Za-z_][\w.-]{0,8}$/),
  fc.constantFrom("true", "null", "12", "0x1F", "a: b", "# c", "ünï", "'q\""),
);

const nodeSpec: fc.Arbitrary<NodeSpec> = fc.record({
  name: fc.constant(undefined),
  kind: fc.constantFrom("plain", "changing", "mapped", "spared", "model"),
  inputs: fc.nat(),
  config: fc.record(
    {
      k: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      label: fc.string({ unit: "binary" }),
      scale: fc.double({ noNaN: true, noDefaultInfinity: true }),
      exact: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
  isConditional: fc.boolean(),
  times: fc.record(
    { timeoutMs: fc.integer({ min: 1, max: 1000 }), retryBackoffMs: fc.integer({ min: 0, max: 1000 }) },
    { requiredKeys: [] },
  ),
  address: fc.array(fc.constantFrom("127.0.0.1:80", "[::1]:8010"), { maxLength: 2 }),
});

const graph: fc.Arbitrary<OpGraph> = fc
  .record({
    name,
    type: fc.constantFrom("Sequence", "Parallel"),
    nodes: fc.array(nodeSpec, { maxLength: 6 }),
    names: fc.uniqueArray(name, { maxLength: 6 }),
  })
  .map(({ name: graphName, type, nodes, names }) => {
    const named = nodes.map((node, i) => ({ ...node, name: names[i] }));
    return buildGraph(new OpGraphMaker({ name: graphName, type }), named, type === "Sequence");
  });

function buildGraph(maker: OpGraphMaker, specs: readonly NodeSpec[], mayChange: boolean): OpGraph {
  const op = new OpMaker();
  const nodes: OpNode<Output>[] = [op.create("general_reader")];
  for (const spec of specs) nodes.push(createNode(op, spec, { before: [...nodes], mayChange }));
  return maker.addOp(...nodes, op.create(MergeOp, { inputs: nodes })).getOpGraph();
}

interface Surroundings {
  readonly before: readonly OpNode<Output>[];
  /** Two nodes of a Parallel workflow must not change one output. */
  readonly mayChange: boolean;
}

function createNode(op: OpMaker, spec: NodeSpec, { before, mayChange }: Surroundings): OpNode<Output> {
  const { config, times, address } = spec;
  const inputs = before.filter((_, i) => spec.inputs & (1 << i));
  const options = {
    ...(spec.name === undefined ? {} : { name: spec.name }),
    ...(spec.isConditional ? { when: "present(startup_op)" } : {}),
    ...times,
    address,
  };
  switch (spec.kind) {
    case "model":
      return op.create(OwnModelOp, options);
    case "mapped": {
      const [reader] = before as readonly OpNode<GeneralBlob>[];
      assert.ok(reader);
      return op.createMapped(MergeOp, {
        ...options,
        inputs,
        config,
        mapOver: itemsOf(reader),
        mapConcurrency: 3,
      });
    }
    case "spared":
      return op.create(MergeOp, { ...options, inputs, config, retries: 2, fallback: op.create(MergeOp) });
    default: {
      const mode = spec.kind === "changing" && mayChange ? "RW" : "RO";
      return op.create(MergeOp, { ...options, config, inputs: inputs.map((node) => ({ node, mode })) });
    }
  }
}

const modelDir = fileURLToPath(new URL("../../../../examples/fit_a_line/uci_housing_model", import.meta.url));

const server: fc.Arbitrary<Server> = fc
  .record({
    graphs: fc.uniqueArray(graph, { minLength: 1, maxLength: 3, selector: ({ conf }) => conf.name }),
    isMapped: fc.boolean(),
    isParallel: fc.boolean(),
    webService: fc.constantFrom({}, { webService: "uci" }),
    values: fc.uniqueArray(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 3 }),
    threads: fc.nat({ max: 4 }),
    batchInferSize: fc.integer({ min: 1, max: 64 }),
    placement: fc.constantFrom("inline", "pool", "auto"),
  })
  .map(({ graphs, isMapped, isParallel, webService, values, ...engine }) => {
    const workflows = Object.fromEntries(values.map((value) => [value, graphs]));
    const built = new Server();
    built.addService({
      isParallel,
      ...webService,
      ...(isMapped ? { workflowMap: { requestField: "kind", workflows } } : { workflows: graphs }),
    });
    built.setRuntimeThreadNum(engine.threads);
    built.setBatchInferSize(engine.batchInferSize);
    const nodes = graphs.flatMap(({ conf }) => conf.nodes);
    built.loadModelConfig(modelsOf(nodes, { modelDir, placement: engine.placement }));
    return built;
  });

function modelsOf(nodes: readonly NodeConf[], model: ModelOptions): Record<string, ModelOptions> {
  const names = nodes.filter(({ type }) => type === "OwnModelOp").map((node) => node.name);
  return Object.fromEntries(names.map((engine) => [engine, model]));
}

const registries = createRegistries();
registries.ops.register(MergeOp).register(OwnModelOp);
const known = knownNames(registries);

/** What `paddlewheel start` would read. */
function read(files: ReadonlyMap<string, string>): ServerConf | undefined {
  const dir = "/no such folder";
  const texts = new Map([...files].map(([file, text]) => [join(dir, file), text]));
  const { conf, faults, warnings } = checkServerConf({ dir, known, files: overlayFiles(texts) });
  assert.deepEqual([...faults, ...warnings].map(formatDiagnostic), []);
  return conf;
}

for (const format of ["prototxt", "yaml"] as const) {
  test(`a graph written down in ${format} is read as it was built`, () => {
    const property = fc.property(graph, (built) => {
      const { nodes } = built.conf;
      const holder = new Server();
      holder.setOpGraph(built);
      holder.loadModelConfig(modelsOf(nodes, { modelDir }));
      const files = new Map(holder.toPrototxt());
      files.delete("workflow.prototxt");
      files.set(`workflow.${format}`, format === "yaml" ? built.toYaml() : built.toPrototxt());
      assert.deepEqual(read(files)?.workflows, [built.conf]);
    });
    fc.assert(property, { numRuns: 200 });
  });

  test(`a server written down in ${format} is read as it was built`, () => {
    const property = fc.property(server, (built) => {
      const conf = read(format === "yaml" ? built.toYaml() : built.toPrototxt());
      assert.deepEqual({ ...conf, opModules: [] }, built.toConf());
    });
    fc.assert(property, { numRuns: 100 });
  });
}
