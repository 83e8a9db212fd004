import type { HostOutcome, PickOptions } from "../cluster/cluster.js";
import {
  type Balancer,
  type BalancerSources,
  drawLimit,
  isWanted,
  type Server,
  scan,
  type Tried,
  type Turn,
} from "./balancer.js";
import { punishedLatency } from "./punished-latency.js";

/** Time after which a latency counts for a third, in milliseconds. Source: brpc. */
const decayMs = 10_000;

/** The score of a server whose first answer is awaited: worse than any that has answered. */
const unknownScore = 1e9;

/** What is known of one server. */
interface Load<S extends Server> {
  readonly server: S;
  inFlight: number;
  /** A moving average of latencies that follows a rise at once and a fall slowly, as it was at `updatedAt`; in milliseconds. */
  peakMs: number;
  updatedAt: number;
  isKnown: boolean;
}

/** `p2c`: of two servers at random the one with the lower (peak latency × calls it would then have) / weight. */
export class PowerOfTwoChoices<S extends Server> implements Balancer<S> {
  readonly #random: () => number;
  #loads: readonly Load<S>[] = [];
  #servers: readonly S[] = [];
  #loadOf = new Map<S, Load<S>>();

  constructor({ random }: BalancerSources) {
    this.#random = random;
  }

  update(servers: readonly S[]): void {
    this.#servers = servers;
    this.#loads = servers.map(
      (server) =>
        this.#loadOf.get(server) ?? { server, inFlight: 0, peakMs: 0, updatedAt: 0, isKnown: false },
    );
    this.#loadOf = new Map(this.#loads.map((load) => [load.server, load]));
  }

  pick({ tried }: PickOptions, now: number): S | undefined {
    const index = this.#draw(this.#servers.length, 0, tried);
    const first = this.#loads[index];
    if (!first) return undefined;
    // The second among the others, counted on from the first.
    const second = this.#loads[this.#draw(this.#servers.length - 1, index + 1, tried)];
    const load = second ? betterOf(first, second, now) : first;
    load.inFlight++;
    return load.server;
  }

  release({ server }: Turn<S>, outcome: HostOutcome, now: number): void {
    const load = this.#loadOf.get(server);
    if (!load) return;
    load.inFlight--;
    const remains = Math.exp((load.updatedAt - now) / decayMs);
    const latencyMs = punishedLatency(outcome, load.peakMs * remains);
    if (latencyMs === undefined) return;
    load.peakMs = nextPeak(load.peakMs, latencyMs, remains);
    load.updatedAt = now;
    load.isKnown = true;
  }

  /** Index of a server at random among `count` of them from `start` on, going round. */
  #draw(count: number, start: number, tried: Tried): number {
    const all = this.#servers;
    let index = start % all.length;
    for (let draw = 0; draw < drawLimit; draw++) {
      index = (start + Math.floor(this.#random() * count)) % all.length;
      const server = all[index];
      if (server && isWanted(server, tried)) return index;
    }
    return scan(all, index, tried);
  }
}

function betterOf<S extends Server>(first: Load<S>, second: Load<S>, now: number): Load<S> {
  const firstScore = scoreOf(first, now);
  const secondScore = scoreOf(second, now);
  return secondScore < firstScore ? second : first;
}

/** How much is known to speak against a server: the latency its next call is expected to have, for its weight. */
function scoreOf<S extends Server>(
  { server, inFlight, peakMs, updatedAt, isKnown }: Load<S>,
  now: number,
): number {
  // A new server gets one call, and more when that is answered: nobody knows yet how slow it is.
  if (!isKnown) return inFlight === 0 ? 0 : unknownScore + inFlight;
  return (peakMs * Math.exp((updatedAt - now) / decayMs) * (inFlight + 1)) / server.weight;
}

/** The average after one more latency; of what it was, the part `remains` still counts. */
function nextPeak(peakMs: number, latencyMs: number, remains: number): number {
  const decayedMs = peakMs * remains;
  return latencyMs >= decayedMs ? latencyMs : decayedMs + latencyMs * (1 - remains);
}
