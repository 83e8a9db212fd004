import { Call, type OpClass, Workflow, type WorkflowConf } from "@paddlewheel/core";
import { createTestEnvironment, ManualClock } from "@paddlewheel/core/testing";
import type { GeneralRequest, GeneralTensor } from "@paddlewheel/wire";
import { createRegistries } from "../../registries.js";
import { type FakeModel, fakeInferManager } from "./fake-infer-manager.js";

/** Name of each node → its type and the names of the nodes it reads; the last one answers. */
export type Nodes = Readonly<Record<string, readonly [type: string, ...dependencies: string[]]>>;

export interface GeneralRun {
  readonly nodes: Nodes;
  /** By name of the node they belong to. */
  readonly models?: Readonly<Record<string, FakeModel>>;
  /** Op types beside the general ones. */
  readonly ops?: readonly OpClass[];
  readonly request: GeneralRequest;
  readonly logId?: bigint;
}

/** A clock by whose date it is one microsecond later after every look at the time of now; time 0 is the epoch. */
export class TickingClock extends ManualClock {
  #micros = 0;

  override epochMicros(at?: number): number {
    return at === undefined ? this.now() * 1000 + this.#micros++ : at * 1000;
  }
}

/** What the last node of a workflow gives for one request. */
export async function runGeneral<T>(run: GeneralRun): Promise<T> {
  const { request, logId = 0n, models = {} } = run;
  const environment = createTestEnvironment({
    inferManager: fakeInferManager(models),
    clock: new TickingClock(),
  });
  const call = new Call({ service: "s", method: "inference", logId });
  return (await createWorkflow(run).openFor("s", environment).run({ request, call })) as T;
}

/** The workflow `w`. */
export function createWorkflow({ nodes, ops = [] }: Pick<GeneralRun, "nodes" | "ops">): Workflow {
  const registry = createRegistries().ops;
  for (const op of ops) registry.register(op);
  return new Workflow(workflowConf(nodes), registry);
}

function workflowConf(nodes: Nodes): WorkflowConf {
  const confs = Object.entries(nodes).map(([name, [type, ...dependencies]]) => ({
    name,
    type,
    dependencies: dependencies.map((to) => ({ name: to, mode: "RO" })),
    address: [],
    config: {},
  }));
  return { name: "w", workflowType: "Sequence", nodes: confs };
}

export function requestOf(
  tensors: readonly GeneralTensor[],
  more: Partial<GeneralRequest> = {},
): GeneralRequest {
  return { tensors, fetchVarNames: [], profileServer: false, logId: 0n, ...more };
}

/** A float32 tensor; of shape `[values]` unless `more` says otherwise. */
export function floats(
  name: string,
  values: readonly number[],
  more: Partial<GeneralTensor> = {},
): GeneralTensor {
  const data = Float32Array.from(values);
  return { name, aliasName: "", dtype: "float32", shape: [values.length], data, ...more };
}
