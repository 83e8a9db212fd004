import type { PredictorConf } from "@paddlewheel/conf";

/** Which share of the calls each variant should have, by tag; those without one are left out. */
export function expectedShares({ variants, weights, canary }: PredictorConf): ReadonlyMap<string, number> {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const shares = variants.map(({ tag }, i): [string, number] => {
    if (tag === canary?.variant) return [tag, canary.share];
    return [tag, ((weights[i] ?? 0) / sum) * (1 - (canary?.share ?? 0))];
  });
  return new Map(shares.filter(([, share]) => share > 0));
}

/** Numbers of calls, both included. */
export interface CallRange {
  readonly from: number;
  readonly to: number;
}

/** How many of some calls a share of them is, give or take 3 sigma: of 370 such numbers one lies outside by chance. */
export function threeSigma(calls: number, share: number): CallRange {
  const mean = calls * share;
  const reach = 3 * Math.sqrt(mean * (1 - share));
  return { from: Math.max(0, Math.ceil(mean - reach)), to: Math.min(calls, Math.floor(mean + reach)) };
}
