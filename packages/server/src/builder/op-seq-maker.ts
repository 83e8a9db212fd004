import { type DependencyConf, DependencyMode, invalidConf } from "@paddlewheel/core";
import { graphPlace } from "./builder-place.js";
import type { OpGraph } from "./op-graph.js";
import type { OpNode } from "./op-node.js";
import { defaultGraphName, type GraphOptions, planGraph } from "./plan-graph.js";

/**
 * Makes a workflow of nodes that each take the output of the one before. Chain the calls of `addOp`: the type checker
 * then sees that each node takes what the last one gives. Source: Paddle Serving, python/paddle_serving_server/dag.py.
 */
export class OpSeqMaker<out LastOutput = never> {
  declare readonly lastOutputType?: LastOutput;

  readonly #options: GraphOptions;
  readonly #nodes: OpNode<unknown>[] = [];
  /** What nodes that name no input take. */
  readonly #chained = new Map<OpNode<unknown>, readonly DependencyConf[]>();

  constructor(options: GraphOptions = {}) {
    this.#options = options;
  }

  /**
   * Adds a node behind the last one, whose output it takes unless it names it as its input already.
   * @throws ServeError invalidConf when it has another input, or more than one.
   */
  addOp<Output>(node: OpNode<Output, LastOutput>): OpSeqMaker<Output> {
    const last = this.#nodes.at(-1);
    if (node.inputs.length > 0) this.#checkInputs(node, last);
    else if (last) this.#chained.set(node, [{ name: last.name, mode: DependencyMode.readOnly }]);
    this.#nodes.push(node);
    return this as unknown as OpSeqMaker<Output>;
  }

  /** @throws ServeError invalidConf with every fault of the sequence, a line each. */
  getOpSequence(): OpGraph {
    return planGraph(this.#options, this.#nodes, this.#chained);
  }

  /** The workflow file as prototxt. @throws ServeError as `getOpSequence` and `OpGraph.toPrototxt` do. */
  toPrototxt(): string {
    return this.getOpSequence().toPrototxt();
  }

  /** The workflow file as YAML. @throws ServeError as `getOpSequence` and `OpGraph.toYaml` do. */
  toYaml(): string {
    return this.getOpSequence().toYaml();
  }

  #checkInputs(node: OpNode<unknown>, last: OpNode<unknown> | undefined): void {
    const [input, ...others] = node.inputs;
    if (input === last && others.length === 0) return;
    const { name = defaultGraphName } = this.#options;
    const place = graphPlace({ name, nodes: [node] }, ["nodes", 0, "dependencies"]);
    const allowed = last ? `only the node before it, "${last.name}"` : "none, as it is the first";
    const message = `a node of a sequence may have ${allowed}: use OpGraphMaker for other inputs`;
    throw invalidConf([{ path: [place], message }]);
  }
}
