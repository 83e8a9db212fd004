import type { Balancer, BalancerSources, Server } from "./balancer.js";
import { ConsistentHash } from "./consistent-hash.js";
import { LocalityAware } from "./locality-aware.js";
import { LoadBalancer, type LoadBalancerConf } from "./parse-load-balancer.js";
import { PowerOfTwoChoices } from "./power-of-two-choices.js";
import { RandomBalancer } from "./random-balancer.js";
import { ringPointsOf } from "./ring-points.js";
import { RoundRobin } from "./round-robin.js";
import { WeightedRandom } from "./weighted-random.js";
import { WeightedRoundRobin } from "./weighted-round-robin.js";

export function createBalancer<S extends Server>(
  { name, replicas }: LoadBalancerConf,
  sources: BalancerSources,
): Balancer<S> {
  switch (name) {
    case LoadBalancer.rr:
      return new RoundRobin(sources);
    case LoadBalancer.wrr:
      return new WeightedRoundRobin(sources);
    case LoadBalancer.random:
      return new RandomBalancer(sources);
    case LoadBalancer.wr:
      return new WeightedRandom(sources);
    case LoadBalancer.la:
      return new LocalityAware(sources);
    case LoadBalancer.p2c:
      return new PowerOfTwoChoices(sources);
    case LoadBalancer.murmurhash:
    case LoadBalancer.md5:
    case LoadBalancer.ketama:
      return new ConsistentHash({ pointsOf: ringPointsOf[name], replicas });
  }
}
