import type { HostOutcome, PickOptions } from "../cluster/cluster.js";
import { type Balancer, type BalancerSources, drawLimit, type Server, type Turn } from "./balancer.js";
import { LatencySamples } from "./latency-samples.js";
import { punishedLatency } from "./punished-latency.js";
import { WeightTree } from "./weight-tree.js";
import { drawByWeight } from "./weighted-draw.js";

/** Weight of one call a second that takes a millisecond; whole numbers keep the sums exact. Source: brpc, 10^8 for a microsecond. */
const weightScale = 1e5;

/** Attempts in flight for so many times the average latency lower a weight. Source: brpc. */
const inFlightTolerance = 1.5;

/**
 * Part of the mean weight that a server keeps whatever it does, so that its recovery is seen. brpc keeps a fixed weight,
 * which at high throughput comes to one call in many thousands.
 */
const minShare = 0.02;

/** Largest weight; 2^20 servers with it can be added up. */
const maxWeight = 2 ** 32;

/** What is known of one server. */
interface Load<S extends Server> {
  readonly server: S;
  readonly samples: LatencySamples;
  /** Average latency of the others when it came, which it is measured by before its first answer; in milliseconds. */
  readonly startMs: number;
  inFlight: number;
  /** Sum of the times at which the attempts in flight began. */
  beginSum: number;
  /** Without what is in flight. */
  weight: number;
}

/**
 * `la`, locality-aware: at random by weight = √throughput / latency, lowered while attempts take longer than they used
 * to. Source: brpc's LocalityAwareLoadBalancer.
 *
 * brpc takes the throughput itself. Then every split among servers of the same latency is as stable as any other, so
 * that chance decides, and a server that lost its share gets it back only once the others suffer. Under the root the
 * shares settle at 1 / latency², whatever they were before.
 */
export class LocalityAware<S extends Server> implements Balancer<S> {
  readonly #random: () => number;
  #loads: readonly Load<S>[] = [];
  #indexOf = new Map<S, number>();
  #weighted = { servers: [] as readonly S[], weights: new WeightTree([]) };

  constructor({ random }: BalancerSources) {
    this.#random = random;
  }

  update(servers: readonly S[]): void {
    const startWeight = Math.round(meanOf(this.#loads, ({ weight }) => weight)) || weightScale;
    const startMs = meanOf(this.#loads, ({ samples }) => samples.averageMs);
    const before = new Map(this.#loads.map((load) => [load.server, load]));
    this.#loads = servers.map((server) => before.get(server) ?? newLoad(server, startWeight, startMs));
    this.#indexOf = new Map(servers.map((server, index) => [server, index]));
    this.#weighted = { servers, weights: new WeightTree(this.#loads.map(({ weight }) => weight)) };
  }

  pick({ tried }: PickOptions, now: number): S | undefined {
    let index = -1;
    for (let draw = 0; draw < drawLimit; draw++) {
      index = drawByWeight(this.#weighted, this.#random, tried);
      if (this.#holds(index, now)) break;
    }
    const load = this.#loads[index];
    if (!load) return undefined;
    load.inFlight++;
    load.beginSum += now;
    return load.server;
  }

  release({ server, startedAt }: Turn<S>, outcome: HostOutcome, now: number): void {
    const index = this.#indexOf.get(server) ?? -1;
    const load = this.#loads[index];
    if (!load) return;
    load.inFlight--;
    // At 0 the sum begins anew: what rounding left of it must not grow.
    load.beginSum = load.inFlight === 0 ? 0 : load.beginSum - startedAt;
    const latencyMs = punishedLatency(outcome, load.samples.averageMs);
    if (latencyMs !== undefined) {
      load.samples.add(now, latencyMs);
      load.weight = weightOf(load.samples, now);
    }
    this.#refresh(index, load, now);
  }

  /** Whether a server that was drawn is still worth the weight it was drawn by; if it is worth less, mostly not. */
  #holds(index: number, now: number): boolean {
    const load = this.#loads[index];
    if (!load) return true;
    const drawnBy = this.#weighted.weights.get(index);
    const weight = this.#refresh(index, load, now);
    return weight >= drawnBy || this.#random() * drawnBy < weight;
  }

  #refresh(index: number, load: Load<S>, now: number): number {
    const { weights } = this.#weighted;
    const floor = (weights.total / this.#loads.length) * minShare;
    const weight = Math.min(maxWeight, Math.max(1, Math.round(Math.max(floor, loweredWeight(load, now)))));
    weights.set(index, weight);
    return weight;
  }
}

function newLoad<S extends Server>(server: S, weight: number, startMs: number): Load<S> {
  return { server, samples: new LatencySamples(), startMs, inFlight: 0, beginSum: 0, weight };
}

function meanOf<S extends Server>(loads: readonly Load<S>[], read: (load: Load<S>) => number): number {
  return loads.reduce((sum, load) => sum + read(load), 0) / Math.max(loads.length, 1);
}

function weightOf(samples: LatencySamples, now: number): number {
  // A latency of 0 is one below what the clock can tell.
  return (Math.sqrt(samples.perSecond(now)) * weightScale) / Math.max(samples.averageMs, 0.001);
}

/** The weight, less when the attempts in flight have taken too long already. */
function loweredWeight({ samples, startMs, inFlight, beginSum, weight }: Load<Server>, now: number): number {
  const tolerableMs = (samples.averageMs || startMs) * inFlightTolerance;
  if (inFlight === 0 || tolerableMs === 0) return weight;
  const inFlightMs = now - beginSum / inFlight;
  return inFlightMs > tolerableMs ? (weight * tolerableMs) / inFlightMs : weight;
}
