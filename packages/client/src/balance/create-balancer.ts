import { invalidConf } from "@paddlewheel/core";
import type { Balancer, BalancerSources, Server } from "./balancer.js";
import type { LoadBalancerConf } from "./parse-load-balancer.js";
import { RoundRobin } from "./round-robin.js";

/** @throws ServeError invalidConf for a balancer that is not there yet. */
export function createBalancer<S extends Server>(
  { name }: LoadBalancerConf,
  sources: BalancerSources,
): Balancer<S> {
  if (name === "rr") return new RoundRobin(sources);
  throw invalidConf([{ path: [], message: `load balancer "${name}" is not there yet` }]);
}
