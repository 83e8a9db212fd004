import { setTimeout as sleep } from "node:timers/promises";
import type { ProxyMode } from "./fault-proxy.js";
import type { Scene, SceneOptions } from "./scene.js";
import type { LoadPhase } from "./sdk-load.js";

export interface FaultPlan extends Pick<SceneOptions, "isBehindProxy" | "isHedged"> {
  /** Plays the fault for so long, and tells how often. */
  play(scene: Scene, seconds: number): Promise<number>;
  /** Which promises were broken. */
  judge(phases: Phases): readonly (string | undefined)[];
}

export interface Phases {
  readonly without: LoadPhase;
  readonly under: LoadPhase;
}

const killEveryMs = 2000;
/** A server stands still for `stopMs`, and as long again is left alone. */
const stopMs = 2000;
const slowMs = 100;
/** Largest p99 beside that without the fault. */
const maxP99Ratio = 2;
/** Retries and hedges that calls earn, and time; hedges that were earned before may come on top. */
const budgets = {
  retry: { share: 0.1, perSecond: 3, saved: 0 },
  hedge: { share: 0.05, perSecond: 0, saved: 100 },
};

export const faults: Readonly<Record<string, FaultPlan>> = {
  /** Every two seconds a server is killed, one after the other, and started again. */
  kill: {
    isBehindProxy: false,
    isHedged: false,
    play: killInTurn,
    judge: (phases) => [noneFails(phases), inBudget(phases)],
  },
  /** A server accepts and never answers. */
  blackhole: {
    isBehindProxy: true,
    isHedged: true,
    play: through("blackhole"),
    judge: (phases) => [noneFails(phases), p99Holds(phases), inBudget(phases)],
  },
  /** A server answers late. */
  slow: {
    isBehindProxy: true,
    isHedged: true,
    play: through(slowMs),
    judge: (phases) => [noneFails(phases), inBudget(phases)],
  },
  /** A server accepts and resets. */
  reset: {
    isBehindProxy: true,
    isHedged: false,
    play: through("reset"),
    judge: (phases) => [noneFails(phases), inBudget(phases)],
  },
  /** A server stands still, SIGSTOP, and goes on, SIGCONT. */
  stop: {
    isBehindProxy: false,
    isHedged: true,
    play: stopAgainAndAgain,
    judge: (phases) => [noneFails(phases), inBudget(phases)],
  },
};

async function killInTurn({ fleet }: Scene, seconds: number): Promise<number> {
  const endsAt = performance.now() + seconds * 1000;
  let kills = 0;
  for (; performance.now() + killEveryMs < endsAt; kills++) {
    // On a machine that is busy a start takes longer; no two servers are down at once.
    await Promise.all([sleep(killEveryMs), fleet.killAndRestart(kills % fleet.ports.length)]);
  }
  return kills;
}

function through(mode: ProxyMode): FaultPlan["play"] {
  return async ({ proxy }, seconds) => {
    proxy.setMode(mode);
    await sleep(seconds * 1000);
    proxy.setMode("pass");
    return 1;
  };
}

async function stopAgainAndAgain({ fleet }: Scene, seconds: number): Promise<number> {
  const endsAt = performance.now() + seconds * 1000;
  let stops = 0;
  for (; performance.now() + 2 * stopMs < endsAt; stops++) {
    fleet.signal(0, "SIGSTOP");
    await sleep(stopMs);
    fleet.signal(0, "SIGCONT");
    await sleep(stopMs);
  }
  return stops;
}

function noneFails({ under: { failures } }: Phases): string | undefined {
  return failures.count === 0 ? undefined : `${failures.count} calls failed`;
}

function inBudget({ under }: Phases): string | undefined {
  const { attempts, calls, seconds } = under;
  for (const kind of ["retry", "hedge"] as const) {
    const { share, perSecond, saved } = budgets[kind];
    const most = Math.ceil(saved + calls * share + perSecond * (1 + seconds));
    if (attempts[kind] > most) return `${attempts[kind]} attempts were of kind ${kind}, ${most} are allowed`;
  }
  return undefined;
}

function p99Holds({ without, under }: Phases): string | undefined {
  const ratio = under.latencies.percentile(99) / without.latencies.percentile(99);
  return ratio <= maxP99Ratio ? undefined : `p99 is ${ratio.toFixed(1)} times that without the fault`;
}
