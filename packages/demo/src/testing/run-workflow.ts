import {
  Call,
  Code,
  type InferManager,
  type NodeConf,
  type OpClass,
  ServeError,
  type TensorMap,
  type VarSignature,
  Workflow,
} from "@paddlewheel/core";
import { createTestEnvironment } from "@paddlewheel/core/testing";
import { createRegistries } from "@paddlewheel/server";
import { registerDemo } from "../register-demo.js";

/** A model as a function. */
export interface FakeModel {
  readonly inputs: readonly VarSignature[];
  run(inputs: TensorMap): TensorMap;
}

export interface WorkflowRun {
  /** Name of each node → its type and the nodes it reads; the last one answers. */
  readonly nodes: Readonly<Record<string, readonly [type: string, ...dependencies: string[]]>>;
  readonly request?: object;
  /** Options of nodes by their names. */
  readonly config?: Readonly<Record<string, NodeConf["config"]>>;
  readonly models?: Readonly<Record<string, FakeModel>>;
  /** Ops beside, or instead of, those of the demo. */
  readonly ops?: readonly OpClass[];
}

/** What the last node of a workflow of the demo's Ops gives for one request. */
export async function runWorkflow<T>(run: WorkflowRun): Promise<T> {
  const { nodes, request = {}, config = {}, models = {}, ops = [] } = run;
  const registries = createRegistries();
  for (const op of ops) registries.ops.register(op);
  registerDemo(registries);
  const confs = Object.entries(nodes).map(
    ([name, [type, ...dependencies]]): NodeConf => ({
      name,
      type,
      dependencies: dependencies.map((to) => ({ name: to, mode: "RO" })),
      address: [],
      config: config[name] ?? {},
    }),
  );
  const conf = { name: "w", workflowType: "Sequence", nodes: confs };
  const environment = createTestEnvironment({ inferManager: fakeInferManager(models) });
  const call = new Call({ service: "s", method: "inference" });
  return (await new Workflow(conf, registries.ops).openFor("s", environment).run({ request, call })) as T;
}

function fakeInferManager(models: Readonly<Record<string, FakeModel>>): InferManager {
  const modelOf = (name: string): FakeModel => {
    const model = models[name];
    if (!model) throw new ServeError(Code.notFound, `no engine named "${name}"`);
    return model;
  };
  return {
    has: (name) => name in models,
    engine: (name) => {
      const signature = { inputs: modelOf(name).inputs, outputs: [] };
      return { name, version: "0", signature, model: { feedVars: [], fetchVars: [] } };
    },
    infer: async (name, inputs) => modelOf(name).run(inputs),
  };
}
