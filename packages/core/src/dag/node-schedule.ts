import type { DagPlan } from "./plan-dag.js";
import { WorkflowType } from "./workflow-conf.js";

/** Which nodes of a plan may start, by their index; told as nodes end. One schedule serves one run at a time. */
export interface NodeSchedule {
  /** Forgets the last run; gives the nodes that start the next one. */
  begin(): readonly number[];
  /** The nodes that may start now that this one has ended. */
  after(index: number): readonly number[];
}

export function createSchedule(plan: DagPlan): NodeSchedule {
  return plan.type === WorkflowType.parallel ? new ParallelSchedule(plan) : new SequenceSchedule(plan);
}

/** One node after the other in topological order. */
class SequenceSchedule implements NodeSchedule {
  readonly #next: readonly (readonly number[])[];

  constructor({ nodes }: DagPlan) {
    this.#next = nodes.map((_, index) => (index + 1 < nodes.length ? [index + 1] : []));
  }

  begin(): readonly number[] {
    return first;
  }

  after(index: number): readonly number[] {
    return this.#next[index] ?? [];
  }
}

const first = [0];

/** Each node as soon as its dependencies are done. */
class ParallelSchedule implements NodeSchedule {
  readonly #dependents: readonly (readonly number[])[];
  /** Dependencies of each node, the request not counted. */
  readonly #counts: Uint32Array;
  /** Of those, the ones that have not ended yet. */
  readonly #missing: Uint32Array;
  readonly #roots: readonly number[];

  constructor({ nodes }: DagPlan) {
    const indexOfId = new Map(nodes.map(({ id }, index) => [id, index]));
    this.#dependents = nodes.map(({ dependents }) => dependents.flatMap((id) => indexOfId.get(id) ?? []));
    this.#counts = Uint32Array.from(
      nodes,
      ({ dependencies }) => dependencies.filter(({ id }) => id !== 0).length,
    );
    this.#missing = new Uint32Array(nodes.length);
    this.#roots = nodes.flatMap((_, index) => (this.#counts[index] === 0 ? [index] : []));
  }

  begin(): readonly number[] {
    this.#missing.set(this.#counts);
    return this.#roots;
  }

  after(index: number): readonly number[] {
    const dependents = this.#dependents[index] ?? [];
    for (const dependent of dependents) this.#missing[dependent] = (this.#missing[dependent] ?? 0) - 1;
    return dependents.filter((dependent) => this.#missing[dependent] === 0);
  }
}
