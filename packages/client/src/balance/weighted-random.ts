import type { PickOptions } from "../cluster/cluster.js";
import type { Balancer, BalancerSources, Server } from "./balancer.js";
import { WeightTree } from "./weight-tree.js";
import { drawByWeight } from "./weighted-draw.js";

/** `wr`: any server, the heavier the likelier. */
export class WeightedRandom<S extends Server> implements Balancer<S> {
  readonly #random: () => number;
  #weighted = { servers: [] as readonly S[], weights: new WeightTree([]) };

  constructor({ random }: BalancerSources) {
    this.#random = random;
  }

  update(servers: readonly S[]): void {
    this.#weighted = { servers, weights: new WeightTree(servers.map(({ weight }) => weight)) };
  }

  pick({ tried }: PickOptions): S | undefined {
    return this.#weighted.servers[drawByWeight(this.#weighted, this.#random, tried)];
  }

  release(): void {}
}
