import { drawLimit, isWanted, type Server, scan, type Tried } from "./balancer.js";
import type { WeightTree } from "./weight-tree.js";

/** Servers with the weights they are drawn by, at the same indices. */
export interface WeightedServers {
  readonly servers: readonly Server[];
  readonly weights: WeightTree;
}

/**
 * Index of a server at random by weight, or -1. What cannot be taken weighs nothing for the rest of the draw: a heavy
 * server that is down must not leave its share to the one behind it.
 */
export function drawByWeight(
  { servers, weights }: WeightedServers,
  random: () => number,
  tried: Tried,
): number {
  const index = weights.indexAt(random() * weights.total);
  const server = servers[index];
  if (!server || isWanted(server, tried)) return index;
  return drawAnother({ servers, weights }, random, tried);
}

function drawAnother({ servers, weights }: WeightedServers, random: () => number, tried: Tried): number {
  const setAside = new Map<number, number>();
  let index = -1;
  for (let draw = 0; draw < drawLimit && weights.total > 0; draw++) {
    index = weights.indexAt(random() * weights.total);
    const server = servers[index];
    if (server && isWanted(server, tried)) break;
    setAside.set(index, weights.get(index));
    weights.set(index, 0);
  }
  for (const [heavy, weight] of setAside) weights.set(heavy, weight);
  return scan(servers, Math.max(index, 0), tried);
}
