import {
  Code,
  type DependencyConf,
  DependencyMode,
  type InputOf,
  type NodeConf,
  nearestNameHint,
  type OpClass,
  type OutputOf,
  opTypeName,
  quoteValue,
  ServeError,
  startupOp,
} from "@paddlewheel/core";
import { builtInOps, type OpClassOf, type OpReference } from "./built-in-ops.js";
import type { MappedNodeOptions, NodeOptions } from "./node-options.js";
import type { GatheredOutput, OpItems } from "./op-items.js";
import { type NodeInput, OpNode } from "./op-node.js";

/**
 * Makes the nodes of workflows. Nodes without a name are counted, so nodes of one workflow come from one maker.
 * Source: Paddle Serving, python/paddle_serving_server/dag.py.
 */
export class OpMaker {
  readonly #counts = new Map<string, number>();

  /**
   * Makes a node of an Op class, or of a built-in one by its name.
   * @throws ServeError invalidConf when there is no such Op, or when it is given two names. All else is checked with the
   * graph.
   */
  create<R extends OpReference>(
    op: R,
    options: NodeOptions<OpClassOf<R>> = {},
  ): OpNode<OutputOf<OpClassOf<R>>, InputOf<OpClassOf<R>>> {
    return this.#node(op, options);
  }

  /**
   * Makes a node whose Op runs once for each item of an output and sees the item in its place. What the runs give becomes
   * a list, with undefined for a run without output; blobs become one blob of all their rows.
   * @throws ServeError as `create` does.
   */
  createMapped<R extends OpReference>(
    op: R,
    options: MappedNodeOptions<OpClassOf<R>>,
  ): OpNode<GatheredOutput<OutputOf<OpClassOf<R>>>, unknown> {
    return this.#node(op, options);
  }

  #node<Output, Input>(op: OpReference, options: AnyNodeOptions): OpNode<Output, Input> {
    const opClass = findOpClass(op);
    const given = (options.inputs ?? []).map(withMode);
    const mapped = options.mapOver?.node;
    const isGiven = mapped === undefined || given.some(({ node }) => node === mapped);
    const inputs = isGiven ? given : [...given, withMode(mapped)];
    return new OpNode({
      opClass,
      conf: nodeConf({ name: this.#name(opClass, options), opClass, inputs }, options),
      inputs: inputs.map(({ node }) => node),
      fallback: options.fallback,
    });
  }

  #name(opClass: OpClass, { name, engineName }: AnyNodeOptions): string {
    const type = opTypeName(opClass);
    if (name !== undefined && engineName !== undefined && name !== engineName) {
      const message = `${type}: the name ${quoteValue(name)} and the engineName ${quoteValue(engineName)} differ: a node runs the engine of its own name, give one of them`;
      throw new ServeError(Code.invalidConf, message);
    }
    const own = name ?? engineName;
    if (own !== undefined) return own;
    const count = this.#counts.get(type) ?? 0;
    this.#counts.set(type, count + 1);
    return `${type}_${count}`;
  }
}

/** The options of any node, once the type checker has seen that they fit its Op. */
interface AnyNodeOptions extends Omit<NodeOptions<OpClass>, "inputs" | "config" | "fallback"> {
  readonly inputs?: readonly NodeInput<unknown>[];
  readonly config?: object;
  readonly fallback?: OpNode<unknown>;
  readonly mapOver?: OpItems<unknown>;
  readonly mapConcurrency?: number;
}

interface InputWithMode {
  readonly node: OpNode<unknown>;
  readonly mode: DependencyMode;
}

function withMode(input: NodeInput<unknown>): InputWithMode {
  return input instanceof OpNode ? { node: input, mode: DependencyMode.readOnly } : input;
}

/** Plain JavaScript may name an Op that there is not. */
function findOpClass(op: OpReference): OpClass {
  if (typeof op !== "string") return op;
  if (Object.hasOwn(builtInOps, op)) return builtInOps[op];
  const hint = nearestNameHint(op, Object.keys(builtInOps));
  throw new ServeError(
    Code.invalidConf,
    `no built-in Op named ${quoteValue(op)}${hint || ": give create the class of an Op of your own"}`,
  );
}

interface NamedNode {
  readonly name: string;
  readonly opClass: OpClass;
  readonly inputs: readonly InputWithMode[];
}

function nodeConf({ name, opClass, inputs }: NamedNode, options: AnyNodeOptions): NodeConf {
  return {
    name,
    type: opTypeName(opClass),
    dependencies: inputs.map(({ node, mode }): DependencyConf => ({ name: node.name, mode })),
    address: options.address ?? [],
    config: configText(options.config ?? {}),
    when: options.when,
    mapOver: options.mapOver && mapOverText(options.mapOver),
    mapConcurrency: unlessDefault(options.mapConcurrency, 16),
    fallback: options.fallback?.name,
    timeoutMs: options.timeoutMs,
    retries: unlessDefault(options.retries, 0),
    retryBackoffMs: unlessDefault(options.retryBackoffMs, 0),
  };
}

/** Conf does not write its defaults down: left out here as well, a graph and its conf are equal. */
function unlessDefault(value: number | undefined, standard: number): number | undefined {
  return value === standard ? undefined : value;
}

/** As text, which is what prototxt gives back: a graph and its conf are then equal in every format. */
function configText(config: object): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, String(value)]));
}

function mapOverText({ node, field }: OpItems<unknown>): string {
  const name = node?.name ?? startupOp;
  return field === undefined ? name : `${name}.${field}`;
}
