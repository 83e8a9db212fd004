import type { DependencyMode, NodeConf, OpClass } from "@paddlewheel/core";

/**
 * A node of a workflow to be, made by an OpMaker: an Op class, and what conf says of the node. `Output` is what its Op
 * gives, `Input` what its Op takes from the nodes before it; both are for the type checker alone.
 */
export class OpNode<out Output, in Input = never> {
  declare readonly outputType?: Output;
  declare readonly inputType?: (input: Input) => void;

  readonly opClass: OpClass;
  /** The node as conf has it. */
  readonly conf: NodeConf;
  /** The nodes of `conf.dependencies`, in that order. */
  readonly inputs: readonly OpNode<unknown>[];
  /** The node that stands by for this one. */
  readonly fallback: OpNode<unknown> | undefined;

  constructor({ opClass, conf, inputs, fallback }: OpNodeParts) {
    this.opClass = opClass;
    this.conf = conf;
    this.inputs = inputs;
    this.fallback = fallback;
  }

  get name(): string {
    return this.conf.name;
  }
}

export interface OpNodeParts {
  readonly opClass: OpClass;
  readonly conf: NodeConf;
  readonly inputs: readonly OpNode<unknown>[];
  readonly fallback: OpNode<unknown> | undefined;
}

/** An input of a node: to read, or with the mode `RW` to change as well. */
export type NodeInput<Input> =
  | OpNode<Input>
  | { readonly node: OpNode<Input>; readonly mode: DependencyMode };
