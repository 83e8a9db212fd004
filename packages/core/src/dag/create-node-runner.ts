import type { Bus } from "../op/bus.js";
import { createOp, placeOf } from "./create-op.js";
import type { DagBlueprint, OpBlueprint } from "./dag-blueprint.js";
import type { ItemRun } from "./item-slot.js";
import { NodeAttempts } from "./node-attempts.js";
import { NodeMap } from "./node-map.js";
import type { NodeRunner, OnRunEnd } from "./node-runner.js";
import { OpInstances } from "./op-instances.js";
import { OpRun } from "./op-run.js";

export interface CreateNodeRunnerOptions {
  /** The channels of the DagView. */
  readonly bus: Bus;
  readonly isLastReader: (name: string) => boolean;
  readonly onEnd: OnRunEnd;
}

/** Items of a map at work at once unless conf says otherwise: enough to fill a batch, few enough Ops for every view. */
const defaultMapConcurrency = 16;

/**
 * The runner of the node at `index`, by what its conf declares: a plain node is its Op, and each control adds its own
 * part. Retries and time are those of one item where the node is a map.
 * @throws ServeError as `createOp`.
 */
export function createNodeRunner(
  blueprint: DagBlueprint,
  index: number,
  { bus, isLastReader, onEnd }: CreateNodeRunnerOptions,
): NodeRunner {
  const place = placeOf(blueprint, index);
  const node = blueprint.plan.nodes[index];
  const instances = blueprint.instances[index];
  if (!node || !instances) {
    return new OpRun({ op: createOp(blueprint, index, { bus, isLastReader }), place, onEnd });
  }
  const shared = { node, place, instances, retries: blueprint.metrics.retries[index] };
  const output = bus.channel(node.name);
  const source = node.mapSource;
  if (!source) return new NodeAttempts({ ...shared, inputs: bus, output, onEnd });
  const concurrency = node.conf.mapConcurrency ?? defaultMapConcurrency;
  const createRunner = (run: ItemRun): NodeRunner => new NodeAttempts({ ...shared, ...run });
  return new NodeMap({ place, source, concurrency, bus, output, createRunner, onEnd });
}

/** The Ops of the nodes that run several times in a request, or that may be left behind at work. */
export function createInstances(blueprint: OpBlueprint): (OpInstances | undefined)[] {
  return blueprint.plan.nodes.map(({ mapSource, conf: { timeoutMs, retries = 0 } }, index) =>
    mapSource || timeoutMs !== undefined || retries > 0 ? new OpInstances(blueprint, index) : undefined,
  );
}
