import { engineNameOf } from "../op/engine-name.js";
import { readNodeConfig } from "../op/node-config.js";
import type { OpClass, OpEnvironment } from "../op/op.js";
import type { OpRegistry } from "../op/op-registry.js";
import { createInstances } from "./create-node-runner.js";
import { createDagMetrics } from "./dag-blueprint.js";
import { DagViewPool } from "./dag-view-pool.js";
import { type DagPlan, planDag } from "./plan-dag.js";
import type { WorkflowConf } from "./workflow-conf.js";

/** An engine, and the version or label of it that a node wants, if it wants one. */
export interface NeededEngine {
  readonly name: string;
  readonly version?: string | undefined;
}

/** A named, immutable DAG loaded from conf; services share it. */
export class Workflow {
  readonly plan: DagPlan;
  readonly #opClasses: readonly OpClass[];
  readonly #configs: readonly unknown[];

  /** @throws ServeError invalidConf with every fault of the workflow and of its nodes' options. */
  constructor(conf: WorkflowConf, ops: OpRegistry) {
    this.plan = planDag(conf, ops);
    this.#opClasses = this.plan.nodes.map(({ type }) => ops.get(type));
    this.#configs = this.plan.nodes.map(
      ({ conf: node, type }) => readNodeConfig(node, ops.optionsOf(type)).config,
    );
  }

  get name(): string {
    return this.plan.name;
  }

  /**
   * The engines that every request needs: the workflow fails when one of them refuses a run. Not those of nodes that may
   * be skipped, run for each of several items, try again or have somebody who stands by.
   */
  get neededEngines(): readonly NeededEngine[] {
    return this.plan.nodes.flatMap((node, i) => {
      const { conf, fallback, standsInFor, mapSource } = node;
      const opClass = this.#opClasses[i];
      const { when, retries = 0 } = conf;
      const isOptional = (when ?? fallback ?? standsInFor ?? mapSource) !== undefined || retries > 0;
      const name = opClass?.alwaysInfers && !isOptional ? engineNameOf(conf, opClass) : undefined;
      if (name === undefined || opClass?.versionOption === undefined)
        return name === undefined ? [] : [{ name }];
      const options = this.#configs[i] as Readonly<Record<string, string>>;
      return [{ name, version: options[opClass.versionOption] }];
    });
  }

  /**
   * Opens the workflow for a service: its executions and their metrics.
   * @throws ServeError opFailure when an Op cannot be created, invalidConf when it is to run on a pool and cannot.
   */
  openFor(service: string, environment: OpEnvironment): DagViewPool {
    const ops = {
      plan: this.plan,
      service,
      opClasses: this.#opClasses,
      configs: this.#configs,
      environment,
    };
    const metrics = createDagMetrics(environment.metrics, service, this.plan);
    return new DagViewPool({ ...ops, metrics, instances: createInstances(ops) });
  }
}
