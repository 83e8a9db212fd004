import {
  type Clock,
  Code,
  type Logger,
  type Metrics,
  noMetrics,
  ServeError,
  silentLogger,
  systemClock,
} from "@paddlewheel/core";
import { type LoadBalancerConf, parseLoadBalancer } from "../balance/parse-load-balancer.js";
import { checkEjectionPolicy, defaultEjectionPolicy, type EjectionPolicy } from "./health/ejection.js";
import { type Probe, probeByConnect, probeByGet } from "./health/probe.js";
import { type ResolveName, resolveBySystem } from "./naming/find-by-dns.js";
import { type Naming, parseNaming } from "./naming/parse-naming.js";
import { defaultServerListLimits, type ServerListLimits } from "./naming/parse-servers.js";

/** How a cluster finds its servers, takes turns among them and sees to their health. */
export interface ClusterOptions {
  /**
   * `host:port`, `list://host:port[ tag],…`, `file://path`, or by DNS `http://host[:port]` and `https://host[:port]`,
   * which tell where servers are and not how to speak to them.
   */
  readonly naming: string;
  /** A name of brpc with its parameters, such as `c_md5:replicas=200`; default `rr`. */
  readonly loadBalancer?: string | undefined;
  /** `key:value` pairs that the tag of a server must have; others are left out. Default none. */
  readonly requiredTags?: readonly string[] | undefined;
  /** When to leave out servers that fail; false never does. What is left out of it has its default. */
  readonly ejection?: Partial<EjectionPolicy> | false | undefined;
  readonly health?: HealthCheckOptions | undefined;
  readonly limits?: Partial<ServerListLimits> | undefined;
  /** The word for this cluster in logs and metrics; default the first 64 characters of `naming`. */
  readonly name?: string | undefined;
  readonly clock?: Clock | undefined;
  /** Evenly spread over [0, 1); default `Math.random`. */
  readonly random?: (() => number) | undefined;
  readonly logger?: Logger | undefined;
  readonly metrics?: Metrics | undefined;
  /** How names become IP addresses; default asks the system. */
  readonly resolve?: ResolveName | undefined;
}

/** How a server that nobody could connect to is found to be well again. */
export interface HealthCheckOptions {
  /**
   * Longest wait before a probe in milliseconds, a fifth more or less at random; the first comes after a sixteenth of it, each
   * further one after twice the time. Default 3000, as in brpc, which waits so long for the first too.
   */
  readonly intervalMs?: number | undefined;
  /** Time a probe may take in milliseconds; default 500, as in brpc. */
  readonly timeoutMs?: number | undefined;
  /** Asked for by HTTP GET, which must be answered with 2xx; default none: to be connected to is enough. */
  readonly path?: string | undefined;
  /** In the place of both; needed where servers speak TLS and a `path` is to be asked for. */
  readonly probe?: Probe | undefined;
}

/** ClusterOptions with everything in it. */
export interface ClusterConf {
  readonly name: string;
  readonly naming: Naming;
  readonly loadBalancer: LoadBalancerConf;
  readonly requiredTags: readonly string[];
  readonly ejection: EjectionPolicy | undefined;
  readonly probe: Probe;
  readonly probeIntervalMs: number;
  readonly probeTimeoutMs: number;
  readonly limits: ServerListLimits;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly resolve: ResolveName;
}

/** @throws ServeError invalidConf for naming and balancer, invalidArgument for numbers out of range. */
export function resolveClusterOptions(options: ClusterOptions): ClusterConf {
  const { naming, health = {}, name = shortened(naming) } = options;
  const limits = { ...defaultServerListLimits, ...options.limits };
  return {
    name,
    naming: parseNaming(naming, limits),
    loadBalancer: parseLoadBalancer(options.loadBalancer ?? ""),
    requiredTags: options.requiredTags ?? [],
    ejection: resolveEjection(options.ejection ?? {}),
    probe: health.probe ?? (health.path === undefined ? probeByConnect : probeByGet(health.path)),
    probeIntervalMs: positive("health.intervalMs", health.intervalMs ?? 3000),
    probeTimeoutMs: positive("health.timeoutMs", health.timeoutMs ?? 500),
    limits,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    logger: (options.logger ?? silentLogger).child({ cluster: name }),
    metrics: options.metrics ?? noMetrics,
    resolve: options.resolve ?? resolveBySystem,
  };
}

/** A list may name thousands of servers, and the name goes into every log line. */
function shortened(naming: string): string {
  return naming.length > 64 ? `${naming.slice(0, 63)}…` : naming;
}

function resolveEjection(ejection: Partial<EjectionPolicy> | false): EjectionPolicy | undefined {
  if (ejection === false) return undefined;
  const policy = { ...defaultEjectionPolicy, ...ejection };
  checkEjectionPolicy(policy);
  return policy;
}

function positive(field: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new ServeError(Code.invalidArgument, `${field} is ${value}, expected a number above 0`);
}
