import { type Fault, invalidConf, nameHint, quoteValue } from "@paddlewheel/core";

/** Names of brpc, and all there are. */
export const LoadBalancer = {
  /** One after the other. */
  rr: "rr",
  /** In turn by weight; servers without a weight are left out, as in brpc. */
  wrr: "wrr",
  random: "random",
  /** At random by weight; servers without a weight are left out, as in brpc. */
  wr: "wr",
  /** Locality-aware: by throughput and latency. */
  la: "la",
  /** The better of two taken at random. */
  p2c: "p2c",
  /** Consistent hashing of the request code. */
  murmurhash: "c_murmurhash",
  md5: "c_md5",
  ketama: "c_ketama",
} as const;
export type LoadBalancer = (typeof LoadBalancer)[keyof typeof LoadBalancer];

/** Whether servers that state no weight are left out. */
export function needsWeight(name: LoadBalancer): boolean {
  return name === LoadBalancer.wrr || name === LoadBalancer.wr;
}

/** How to admit calls to a cluster of which every server was down. Source: brpc's cluster recover policy. */
export interface RecoverConf {
  /** Servers that can bear the whole load; with fewer, only as large a share of the calls is let in. */
  readonly minWorkingInstances: number;
  /** The recovery is over when the number of working servers has not changed for this long, in seconds. */
  readonly holdSeconds: number;
}

/** A `load_balance_strategy`, read. */
export interface LoadBalancerConf {
  readonly name: LoadBalancer;
  /** Points of each server on the ring of a `c_` balancer. */
  readonly replicas: number;
  readonly recover: RecoverConf | undefined;
}

/** Points of a server by default. Source: brpc. */
const defaultReplicas = 100;

/** Each server has them all in memory, 12 bytes each. */
const maxReplicas = 1000;

/**
 * Reads `name[:parameter=value …]`, for example `rr:min_working_instances=6 hold_seconds=10` or `c_md5:replicas=200`.
 * An empty text is `rr`.
 * @throws ServeError invalidConf, with one line for each fault.
 */
export function parseLoadBalancer(text: string): LoadBalancerConf {
  const colon = text.indexOf(":");
  const name = parseName(colon < 0 ? text : text.slice(0, colon));
  const parameters = new Parameters(colon < 0 ? "" : text.slice(colon + 1));
  const conf = {
    name,
    replicas: name.startsWith("c_") ? replicasOf(name, parameters) : defaultReplicas,
    recover: recoverOf(parameters),
  };
  parameters.end();
  return conf;
}

function parseName(text: string): LoadBalancer {
  if (text === "") return LoadBalancer.rr;
  const names = Object.values(LoadBalancer);
  const name = names.find((known) => known === text);
  if (name) return name;
  throw invalidConf([{ path: [], message: `no load balancer ${quoteValue(text)}${nameHint(text, names)}` }]);
}

function replicasOf(name: LoadBalancer, parameters: Parameters): number {
  const replicas = parameters.take("replicas", maxReplicas) ?? defaultReplicas;
  if (name === LoadBalancer.ketama && replicas % 4 !== 0) {
    parameters.refuse("replicas", `${replicas} is no multiple of 4, which c_ketama gets from each hash`);
  }
  return replicas;
}

function recoverOf(parameters: Parameters): RecoverConf | undefined {
  const minWorkingInstances = parameters.take("min_working_instances", 1_000_000);
  const holdSeconds = parameters.take("hold_seconds", 86_400);
  if (minWorkingInstances === undefined && holdSeconds === undefined) return undefined;
  if (minWorkingInstances === undefined)
    parameters.refuse("min_working_instances", "is needed with hold_seconds");
  if (holdSeconds === undefined) parameters.refuse("hold_seconds", "is needed with min_working_instances");
  return { minWorkingInstances: minWorkingInstances ?? 0, holdSeconds: holdSeconds ?? 0 };
}

/** Whole numbers by name, taken one by one; `end` complains of all that is wrong. */
class Parameters {
  readonly #values = new Map<string, string>();
  readonly #faults: Fault[] = [];

  constructor(text: string) {
    for (const item of text.split(/\s+/).filter((part) => part !== "")) {
      const [name = "", value] = item.split("=", 2);
      if (value === undefined) this.refuse(name, `${quoteValue(item)} is not name=value`);
      else this.#values.set(name, value);
    }
  }

  take(name: string, max: number): number | undefined {
    const text = this.#values.get(name);
    if (text === undefined) return undefined;
    this.#values.delete(name);
    const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (value >= 1 && value <= max) return value;
    this.refuse(name, `${quoteValue(text)} is no whole number from 1 to ${max}`);
    return undefined;
  }

  refuse(name: string, message: string): void {
    this.#faults.push({ path: [name], message });
  }

  end(): void {
    for (const name of this.#values.keys()) this.refuse(name, "this load balancer has no such parameter");
    if (this.#faults.length > 0) throw invalidConf(this.#faults);
  }
}
