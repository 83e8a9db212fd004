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

/** Each node as soon as those it waits for have ended. */
class ParallelSchedule implements NodeSchedule {
  /** The nodes that wait for each. */
  readonly #waiting: readonly (readonly number[])[];
  /** How many each node waits for. */
  readonly #counts: Uint32Array;
  /** Of those, the ones that have not ended yet. */
  readonly #missing: Uint32Array;
  readonly #roots: readonly number[];

  constructor({ nodes }: DagPlan) {
    this.#waiting = nodes.map(({ id }) =>
      nodes.flatMap(({ waitsFor }, index) => (waitsFor.includes(id) ? [index] : [])),
    );
    this.#counts = Uint32Array.from(nodes, ({ waitsFor }) => waitsFor.length);
    this.#missing = new Uint32Array(nodes.length);
    this.#roots = nodes.flatMap((_, index) => (this.#counts[index] === 0 ? [index] : []));
  }

  begin(): readonly number[] {
    this.#missing.set(this.#counts);
    return this.#roots;
  }

  after(index: number): readonly number[] {
    const waiting = this.#waiting[index] ?? [];
    for (const one of waiting) this.#missing[one] = (this.#missing[one] ?? 0) - 1;
    return waiting.filter((one) => this.#missing[one] === 0);
  }
}
