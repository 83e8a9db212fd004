import { Code } from "../code.js";
import type { Channel } from "../op/channel.js";
import type { ServeError } from "../serve-error.js";
import type { DagPlan } from "./plan-dag.js";

/** What is wrong with the request is wrong for a fallback too, and its caller should hear of it. */
const callersFaults: ReadonlySet<Code> = new Set<Code>([
  Code.invalidArgument,
  Code.malformedRequest,
  Code.messageTooLarge,
  Code.permissionDenied,
  Code.unauthenticated,
]);

const none = -1;

/** Which nodes stand in for others in one execution. Nodes are given by their index in the plan. */
export class Fallbacks {
  readonly #plan: DagPlan;
  /** Most workflows have none. */
  readonly #hasAny: boolean;
  readonly #fallback: Int32Array;
  readonly #standsInFor: Int32Array;
  readonly #channels: readonly Channel[];
  /** How nodes failed whose fallback was called. */
  readonly #failures: (ServeError | undefined)[];

  /** `channels` are those of the plan's nodes. */
  constructor(plan: DagPlan, channels: readonly Channel[]) {
    const indexOfId = new Map(plan.nodes.map(({ id }, index) => [id, index]));
    const indexOf = (id: number | undefined): number => indexOfId.get(id ?? 0) ?? none;
    this.#plan = plan;
    this.#channels = channels;
    this.#fallback = Int32Array.from(plan.nodes, (node) => indexOf(node.fallback));
    this.#standsInFor = Int32Array.from(plan.nodes, (node) => indexOf(node.standsInFor));
    this.#failures = plan.nodes.map(() => undefined);
    this.#hasAny = this.#fallback.some((index) => index !== none);
  }

  begin(): void {
    if (this.#hasAny) this.#failures.fill(undefined);
  }

  /** Whether the node runs in this request: a fallback only when its node has failed. */
  isNeeded(index: number): boolean {
    if (!this.#hasAny) return true;
    return this.#standsInFor[index] === none || this.failureFor(index) !== undefined;
  }

  /** Why the node runs: the failure of the one it stands in for. */
  failureFor(index: number): ServeError | undefined {
    if (!this.#hasAny) return undefined;
    return this.#failures[this.#standsInFor[index] ?? none];
  }

  /** Calls the fallback of a node that failed; false when it has none, or the fault is the caller's. */
  call(index: number, error: ServeError): boolean {
    if (this.#fallback[index] === none || callersFaults.has(error.code)) return false;
    this.#failures[index] = error;
    this.#channels[index]?.clear();
    return true;
  }

  /** Name of the fallback that was called for the node. */
  calledFor(index: number): string | undefined {
    return this.#failures[index] && this.#plan.nodes[this.#fallback[index] ?? none]?.name;
  }

  /** A node has ended well: what it gave becomes the output of the node it stands in for. */
  moveOutput(index: number): void {
    if (!this.#hasAny) return;
    let place = this.#standsInFor[index] ?? none;
    if (place === none) return;
    for (let next = place; next !== none; next = this.#standsInFor[next] ?? none) place = next;
    const channel = this.#channels[index];
    const target = this.#channels[place];
    if (!channel || !target) return;
    target.data = channel.peek();
    channel.clear();
  }
}
