import type { Channel } from "../op/channel.js";
import { nodesLookedAt } from "./node-condition.js";
import type { DagPlan } from "./plan-dag.js";

/**
 * Who still reads what in one execution: an output is dropped when its last reader has ended, so that a long workflow
 * does not hold all its tensors at once. Nodes are given by their index in the plan.
 */
export class OutputReaders {
  readonly #channels: readonly Channel[];
  readonly #reads: readonly (readonly number[])[];
  readonly #indexOfName: ReadonlyMap<string, number>;
  readonly #counts: Uint32Array;
  /** Readers that have not ended. */
  readonly #left: Uint32Array;

  /** `channels` are those of the plan's nodes. */
  constructor({ nodes, conditions, lastNode }: DagPlan, channels: readonly Channel[]) {
    this.#channels = channels;
    this.#indexOfName = new Map(nodes.map(({ name }, index) => [name, index]));
    this.#reads = nodes.map(({ dependencies }, index) => {
      const looks = nodesLookedAt(conditions[index]);
      const names = new Set([...dependencies.map(({ name }) => name), ...looks]);
      return [...names].flatMap((name) => this.#indexOfName.get(name) ?? []);
    });
    this.#left = new Uint32Array(nodes.length);
    this.#counts = new Uint32Array(nodes.length);
    for (const index of this.#reads.flat()) this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    // The response has one reader more: who answers the request.
    const last = nodes.indexOf(lastNode);
    this.#counts[last] = (this.#counts[last] ?? 0) + 1;
  }

  begin(): void {
    // A loop: the built-in copy costs more for so few.
    for (let i = 0; i < this.#counts.length; i++) this.#left[i] = this.#counts[i] ?? 0;
  }

  /** The node has run, was skipped or is not needed: it reads no more. */
  ended(index: number): void {
    if (this.#counts[index] === 0) this.#channels[index]?.clear();
    for (const read of this.#reads[index] ?? []) {
      const left = (this.#left[read] ?? 0) - 1;
      this.#left[read] = left;
      if (left === 0) this.#channels[read]?.clear();
    }
  }

  /** Whether the only reader left of the named node's output is one that has not ended. */
  isLast(name: string): boolean {
    return this.#left[this.#indexOfName.get(name) ?? -1] === 1;
  }
}
