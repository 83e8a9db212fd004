import { Code } from "../code.js";
import type { Bus } from "../op/bus.js";
import { type Op, OpPlace } from "../op/op.js";
import { PoolOp } from "../op/pool-op.js";
import { ServeError } from "../serve-error.js";
import type { OpBlueprint } from "./dag-blueprint.js";
import type { NodePlace } from "./node-runner.js";

export interface CreateOpOptions {
  /** Where the Op reads its dependencies and writes its output. */
  readonly bus: Bus;
  readonly isLastReader?: (name: string) => boolean;
}

/**
 * Makes the Op of the node at `index`.
 * @throws ServeError opFailure when its constructor or `registMetric` fails, invalidConf when it cannot run where its class says.
 */
export function createOp(blueprint: OpBlueprint, index: number, options: CreateOpOptions): Op {
  const { configs, environment, plan } = blueprint;
  const node = plan.nodes[index];
  if (!node) throw new ServeError(Code.internal, `no node at index ${index}`);
  const create = creatorOf(blueprint, index);
  try {
    const op = create();
    op.bind({ ...options, node, workflow: plan.name, config: configs[index], environment });
    return op;
  } catch (error) {
    const details = placeOf(blueprint, index);
    const message = `op "${node.name}" (${node.type}) could not be created`;
    throw new ServeError(Code.opFailure, message, { cause: error, details });
  }
}

function creatorOf({ opClasses, environment, ...blueprint }: OpBlueprint, index: number): () => Op {
  const details = placeOf(blueprint, index);
  const opClass = opClasses[index];
  const what = `op "${details.node}" (${blueprint.plan.nodes[index]?.type})`;
  if (!opClass) throw new ServeError(Code.internal, `${what} has no class`, { details });
  if (opClass.runsOn === OpPlace.pool) {
    const { opPool } = environment;
    const { module } = opClass;
    if (module === undefined) {
      const message = `${what} runs on the pool: its class must say where it is, with static module = import.meta.url`;
      throw new ServeError(Code.invalidConf, message, { details });
    }
    if (!opPool) {
      throw new ServeError(Code.invalidConf, `${what} runs on the pool, and this server has none`, {
        details,
      });
    }
    return () => new PoolOp(module, opPool);
  }
  return () => new opClass();
}

/** Service, workflow and node, as errors tell them. */
export function placeOf({ service, plan }: Pick<OpBlueprint, "service" | "plan">, index: number): NodePlace {
  return { service, workflow: plan.name, node: plan.nodes[index]?.name ?? "" };
}
