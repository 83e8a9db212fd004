import { Call } from "../call.js";
import { Workflow } from "../dag/workflow.js";
import { DependencyMode, WorkflowType } from "../dag/workflow-conf.js";
import { type OpClass, OpPlace, type OutputOf } from "../op/op.js";
import { OpRegistry, opTypeName } from "../op/op-registry.js";
import { opOf } from "./op-of.js";
import { createTestEnvironment, type TestEnvironment } from "./test-environment.js";

export interface RunOpOptions {
  /** What the dependencies give, by their names; one that is undefined gives no output. Default: no dependencies. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** Options of the node, as conf has them; those left out are the Op's own defaults. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The request message. Default: an empty object. */
  readonly request?: unknown;
  /** Name of the node, and so of the engine it runs. Default: the Op's type. */
  readonly name?: string;
  /** Servers the Op calls, `host:port` each. Default: none. */
  readonly address?: readonly string[];
  /** Default: doubles, without engines. */
  readonly environment?: TestEnvironment;
  /** Default: a call without deadline. */
  readonly call?: Call;
}

/**
 * Runs one Op as a workflow would, for its unit test:
 * `await runOp(TopKOp, { inputs: { classify: new GeneralBlob(tensors) }, config: { k: 3 } })`.
 * Its inputs are declared `RW`, so it may change them; an Op of the pool runs in place.
 * @throws ServeError what the Op throws, opFailure when it gives no output, invalidConf for options it does not take.
 */
export async function runOp<C extends OpClass>(opClass: C, options: RunOpOptions = {}): Promise<OutputOf<C>> {
  const { environment = createTestEnvironment(), request = {} } = options;
  const { call = new Call({ service, method: "inference", clock: environment.clock }) } = options;
  const output = await workflowOf(opClass, options).openFor(service, environment).run({ request, call });
  return output as OutputOf<C>;
}

const service = "test";

/** The Op, and before it one for each input that gives just that. */
function workflowOf(
  opClass: OpClass,
  { inputs = {}, config = {}, address = [], name }: RunOpOptions,
): Workflow {
  const type = opTypeName(opClass);
  const registry = new OpRegistry().register(inPlace(opClass));
  const sources = Object.entries(inputs).map(([input, value]) => {
    const source = opOf(`input ${input}`, (op) => {
      op.output = value;
    });
    registry.register(source);
    return { name: input, type: opTypeName(source), dependencies: [], address: [], config: {} };
  });
  const dependencies = sources.map((source) => ({ name: source.name, mode: DependencyMode.readWrite }));
  const last = { name: name ?? type, type, dependencies, address, config };
  return new Workflow(
    { name: service, workflowType: WorkflowType.sequence, nodes: [...sources, last] },
    registry,
  );
}

/** The same class, but for where it says that it runs. */
function inPlace(opClass: OpClass): OpClass {
  return new Proxy(opClass, {
    get: (target, key) => (key === "runsOn" ? OpPlace.loop : Reflect.get(target, key)),
  });
}
