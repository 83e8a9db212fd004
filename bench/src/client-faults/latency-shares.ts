import type { Scene } from "./scene.js";
import type { LoadPhase } from "./sdk-load.js";

const slowMs = 50;
/** What is told of, one by one. */
const stepMs = 100;
const toldMs = 2000;
/** Shares of fewer calls are chance. */
const windowMs = 500;
/** A slow server has to be left within a second: what it has in the next one is judged. */
const judged = [1000, 2000] as const;

/** Which part of its attempts a host had in a stretch of a phase. */
function shareOf({ startsByHost }: LoadPhase, host: string, [from, to]: readonly [number, number]): number {
  const countIn = (starts: readonly number[]): number => starts.filter((at) => at >= from && at < to).length;
  const all = [...startsByHost.values()].reduce((sum, starts) => sum + countIn(starts), 0);
  return countIn(startsByHost.get(host) ?? []) / Math.max(all, 1);
}

/** When a host first had that share for a while, in ms from the start of the phase; undefined for never. */
function timeOfShare(phase: LoadPhase, host: string, share: number): number | undefined {
  for (let at = 0; at + windowMs <= phase.seconds * 1000; at += stepMs) {
    if (shareOf(phase, host, [at, at + windowMs]) >= share) return at;
  }
  return undefined;
}

function timeline(phase: LoadPhase, host: string): string {
  const shares: string[] = [];
  for (let at = 0; at < toldMs; at += stepMs) {
    shares.push((100 * shareOf(phase, host, [at, at + stepMs])).toFixed(0));
  }
  return shares.join(" ");
}

/**
 * Has the first server answer late and well again, with a balancer that goes by latency, and tells the server's share of the calls.
 * @returns the promises that were broken
 */
export async function playLatencyShares(
  { engine, hosts, load, proxy }: Scene,
  seconds: number,
): Promise<string[]> {
  const [host = ""] = hosts;
  const half = 1 / hosts.length / 2;
  const even = await load.run(engine, seconds / 4);
  proxy.setMode(slowMs);
  const slow = await load.run(engine, seconds);
  proxy.setMode("pass");
  const again = await load.run(engine, seconds);
  const left = shareOf(slow, host, judged);
  const back = timeOfShare(again, host, half);
  const evenShare = shareOf(even, host, [0, Number.POSITIVE_INFINITY]);
  console.log(`  even: ${(100 * evenShare).toFixed(0)} % of the calls`);
  console.log(
    `  ${slowMs} ms late, % in each ${stepMs} ms: ${timeline(slow, host)}; ${(100 * left).toFixed(0)} % in the second second`,
  );
  console.log(`  on time again:               ${timeline(again, host)}; more than half after ${back} ms`);
  const failed = [even, slow, again].reduce((sum, { failures }) => sum + failures.count, 0);
  return [
    ...(failed === 0 ? [] : [`${failed} calls failed`]),
    ...(left < half ? [] : ["the slow server was not left within a second"]),
    ...(back === undefined ? ["the server did not come back"] : []),
  ];
}
