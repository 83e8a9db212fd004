import type { HostOutcome, PickOptions } from "../cluster/cluster.js";

/** A server as balancers see it. The object stays the same as long as the server does. */
export interface Server {
  readonly address: string;
  /** At least 1; of its tag, 1 where that has none. */
  readonly weight: number;
  /** Changes without notice, with the health of the server. */
  readonly isAvailable: boolean;
}

/** An attempt at a server, from its pick to its end. */
export interface Turn<S extends Server> {
  readonly server: S;
  /** What the pick was told as `now`. */
  readonly startedAt: number;
}

/**
 * Whose turn it is. `now` is in monotonic milliseconds. Every balancer skips servers that are not available and, as long as there is another, those the
 * call was tried at already; of several it takes the last candidate whatever was tried.
 */
export interface Balancer<S extends Server> {
  /** Replaces the servers; what is known of those that stay is kept. Addresses are unique. */
  update(servers: readonly S[]): void;
  /**
   * The server of the next attempt, which counts as in flight from `now` on; undefined when none is available.
   * @throws ServeError invalidArgument without a request code where one is needed.
   */
  pick(options: PickOptions, now: number): S | undefined;
  /** An attempt is over; also told of servers that have left meanwhile. */
  release(turn: Turn<S>, outcome: HostOutcome, now: number): void;
}

/** What balancers take from outside. */
export interface BalancerSources {
  /** Evenly spread over [0, 1). */
  readonly random: () => number;
}

/**
 * Draws of a balancer that may hit servers which are out, before it goes through the list: with half of all out, one
 * pick in 256 then prefers the servers that stand behind one that is out.
 */
export const drawLimit = 8;

export type Tried = ReadonlySet<string> | undefined;

/** Whether a server may be picked while there are others. */
export function isWanted(server: Server, tried: Tried): boolean {
  return server.isAvailable && !(tried?.has(server.address) ?? false);
}

/** Index of the first wanted server from `start` on, going round; of the first available one when none is wanted; or -1. */
export function scan(servers: readonly Server[], start: number, tried: Tried): number {
  let lastResort = -1;
  for (let step = 0; step < servers.length; step++) {
    const index = (start + step) % servers.length;
    const server = servers[index];
    if (!server?.isAvailable) continue;
    if (isWanted(server, tried)) return index;
    if (lastResort < 0) lastResort = index;
  }
  return lastResort;
}
