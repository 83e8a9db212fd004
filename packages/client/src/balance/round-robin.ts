import type { PickOptions } from "../cluster/cluster.js";
import { type Balancer, type BalancerSources, type Server, scan } from "./balancer.js";

/** `rr`: one after the other, from a random start so that many clients do not begin at the same server. */
export class RoundRobin<S extends Server> implements Balancer<S> {
  readonly #random: () => number;
  #servers: readonly S[] = [];
  #next = 0;

  constructor({ random }: BalancerSources) {
    this.#random = random;
  }

  update(servers: readonly S[]): void {
    this.#servers = servers;
    this.#next = Math.floor(this.#random() * servers.length);
  }

  pick({ tried }: PickOptions): S | undefined {
    const index = scan(this.#servers, this.#next, tried);
    // Goes on after the server that was taken: the one behind a server that is down gets no second share.
    if (index >= 0) this.#next = (index + 1) % this.#servers.length;
    return this.#servers[index];
  }

  release(): void {}
}
