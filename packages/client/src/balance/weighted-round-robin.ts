import type { PickOptions } from "../cluster/cluster.js";
import { type Balancer, type BalancerSources, isWanted, type Server, scan } from "./balancer.js";
import { WeightTree } from "./weight-tree.js";

/** The part of a line to go on by so that the points taken stay as even as can be. */
const goldenSection = (Math.sqrt(5) - 1) / 2;

/** Turns of servers that are out which one pick passes over, before it goes through the list. */
const turnLimit = 64;

/**
 * `wrr`: in turn by weight, smoothly. Steps round the line of weights by a stride that has no divisor in common with
 * its length, so that each server comes exactly as often as it weighs in every round, and never all its turns together.
 * brpc takes a prime stride for the same reason.
 */
export class WeightedRoundRobin<S extends Server> implements Balancer<S> {
  readonly #random: () => number;
  #servers: readonly S[] = [];
  #weights = new WeightTree([]);
  #stride = 1;
  #position = 0;

  constructor({ random }: BalancerSources) {
    this.#random = random;
  }

  update(servers: readonly S[]): void {
    this.#servers = servers;
    this.#weights = new WeightTree(servers.map(({ weight }) => weight));
    this.#stride = strideOf(this.#weights.total);
    this.#position = Math.floor(this.#random() * this.#weights.total);
  }

  pick({ tried }: PickOptions): S | undefined {
    for (let draw = 0; draw < turnLimit; draw++) {
      const server = this.#servers[this.#weights.indexAt(this.#position)];
      this.#position = (this.#position + this.#stride) % this.#weights.total;
      if (server && isWanted(server, tried)) return server;
    }
    return this.#servers[scan(this.#servers, this.#weights.indexAt(this.#position), tried)];
  }

  release(): void {}
}

function strideOf(total: number): number {
  let stride = Math.max(1, Math.round(total * goldenSection));
  while (greatestCommonDivisor(stride, total) > 1) stride++;
  return stride;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
