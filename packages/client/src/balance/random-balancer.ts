import type { PickOptions } from "../cluster/cluster.js";
import { type Balancer, type BalancerSources, drawLimit, isWanted, type Server, scan } from "./balancer.js";

/** `random`: any server, all alike. */
export class RandomBalancer<S extends Server> implements Balancer<S> {
  readonly #random: () => number;
  #servers: readonly S[] = [];

  constructor({ random }: BalancerSources) {
    this.#random = random;
  }

  update(servers: readonly S[]): void {
    this.#servers = servers;
  }

  pick({ tried }: PickOptions): S | undefined {
    let index = 0;
    for (let draw = 0; draw < drawLimit; draw++) {
      index = Math.floor(this.#random() * this.#servers.length);
      const server = this.#servers[index];
      if (server && isWanted(server, tried)) return server;
    }
    return this.#servers[scan(this.#servers, index, tried)];
  }

  release(): void {}
}
