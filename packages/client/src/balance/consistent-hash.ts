import { Code, ServeError } from "@paddlewheel/core";
import type { PickOptions } from "../cluster/cluster.js";
import { type Balancer, isWanted, type Server } from "./balancer.js";
import type { RingPoints } from "./ring-points.js";

export interface ConsistentHashOptions {
  readonly pointsOf: RingPoints;
  /** Points of each server. */
  readonly replicas: number;
}

/** More than any list of servers has; a point and an index below it fit a double together. */
const maxServers = 2 ** 20;

/**
 * `c_murmurhash`, `c_md5`, `c_ketama`: the server behind the first point of the ring that is not below the request
 * code. When a server leaves, only the keys that were its own go elsewhere.
 *
 * Points are computed once per server; those of a hundred servers take some milliseconds.
 */
export class ConsistentHash<S extends Server> implements Balancer<S> {
  readonly #options: ConsistentHashOptions;
  #pointsOfServer = new Map<string, Uint32Array>();
  /** In the order of their addresses, so that clients which were told them in another order agree where points meet. */
  #servers: readonly S[] = [];
  /** Rising; the server of a point stands beside it in `#owners`. */
  #points = new Uint32Array();
  #owners = new Uint32Array();

  constructor(options: ConsistentHashOptions) {
    this.#options = options;
  }

  update(servers: readonly S[]): void {
    const { pointsOf, replicas } = this.#options;
    this.#servers = [...servers].sort((a, b) => (a.address < b.address ? -1 : 1));
    const before = this.#pointsOfServer;
    this.#pointsOfServer = new Map(
      servers.map(({ address }) => [address, before.get(address) ?? pointsOf(address, replicas)]),
    );
    this.#buildRing(replicas);
  }

  /** @throws ServeError invalidArgument without a request code. */
  pick({ requestCode, tried }: PickOptions): S | undefined {
    const start = this.#firstPointFrom(checkedCode(requestCode));
    let lastResort: S | undefined;
    for (let step = 0; step < this.#points.length; step++) {
      const owner = this.#owners[(start + step) % this.#points.length] ?? 0;
      const server = this.#servers[owner];
      if (!server?.isAvailable) continue;
      if (isWanted(server, tried)) return server;
      lastResort ??= server;
    }
    return lastResort;
  }

  release(): void {}

  #buildRing(replicas: number): void {
    // Point and owner in one number: sorting doubles is many times faster than sorting with a comparison.
    const sorted = new Float64Array(this.#servers.length * replicas);
    let size = 0;
    for (const [owner, { address }] of this.#servers.entries()) {
      for (const point of this.#pointsOfServer.get(address) ?? [])
        sorted[size++] = point * maxServers + owner;
    }
    sorted.sort();
    this.#points = new Uint32Array(size);
    this.#owners = new Uint32Array(size);
    for (let i = 0; i < size; i++) {
      const both = sorted[i] ?? 0;
      this.#points[i] = Math.floor(both / maxServers);
      this.#owners[i] = both % maxServers;
    }
  }

  /** Index of the first point that is not below `code`; past the last point when there is none. */
  #firstPointFrom(code: number): number {
    let low = 0;
    let high = this.#points.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#points[middle] ?? 0) < code) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function checkedCode(code: number | undefined): number {
  if (code !== undefined && code >>> 0 === code) return code;
  const problem = code === undefined ? "this balancer needs a request code" : `request code ${code}`;
  throw new ServeError(Code.invalidArgument, `${problem}: expected a whole number from 0 to 4294967295`);
}
