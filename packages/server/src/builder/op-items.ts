import type { GeneralBlob } from "@paddlewheel/core";
import type { OpNode } from "./op-node.js";

/** An output that a mapped node takes one item at a time. */
export class OpItems<out Item> {
  declare readonly itemType?: Item;

  /** Undefined for the request. */
  readonly node: OpNode<unknown> | undefined;
  readonly field: string | undefined;

  constructor(node: OpNode<unknown> | undefined, field: string | undefined) {
    this.node = node;
    this.field = field;
  }
}

/** The rows of a blob's tensors, or of the one that is named. */
export function itemsOf(node: OpNode<GeneralBlob>, tensor?: string): OpItems<GeneralBlob>;
/** The elements of an output that is a list. */
export function itemsOf<Item>(node: OpNode<ArrayLike<Item>>): OpItems<Item>;
/** The elements of a list in an output. */
export function itemsOf<Field extends string, Item>(
  node: OpNode<{ readonly [F in Field]: ArrayLike<Item> }>,
  field: Field,
): OpItems<Item>;
export function itemsOf(node: OpNode<unknown>, field?: string): OpItems<unknown> {
  return new OpItems(node, field);
}

/** The elements of a list in the request message, whose type only the caller knows. */
export function requestItems<Item>(field: string): OpItems<Item> {
  return new OpItems(undefined, field);
}

/** What the runs of a mapped node give together: one blob of all rows, or a list. */
export type GatheredOutput<Output> = Output extends GeneralBlob ? GeneralBlob : Output[];
