import type { OpGraph } from "./op-graph.js";
import type { OpNode } from "./op-node.js";
import { type GraphOptions, planGraph } from "./plan-graph.js";

/** Makes a workflow of nodes that name their inputs. Source: Paddle Serving, python/paddle_serving_server/dag.py. */
export class OpGraphMaker {
  readonly #options: GraphOptions;
  readonly #nodes: OpNode<unknown>[] = [];

  constructor(options: GraphOptions = {}) {
    this.#options = options;
  }

  /** Adds nodes, in any order; the one whose output nobody takes gives the response. */
  addOp(...nodes: readonly OpNode<unknown>[]): this {
    this.#nodes.push(...nodes);
    return this;
  }

  /** @throws ServeError invalidConf with every fault of the graph, a line each. */
  getOpGraph(): OpGraph {
    return planGraph(this.#options, this.#nodes);
  }

  /** The workflow file as prototxt. @throws ServeError as `getOpGraph` and `OpGraph.toPrototxt` do. */
  toPrototxt(): string {
    return this.getOpGraph().toPrototxt();
  }

  /** The workflow file as YAML. @throws ServeError as `getOpGraph` and `OpGraph.toYaml` do. */
  toYaml(): string {
    return this.getOpGraph().toYaml();
  }
}
