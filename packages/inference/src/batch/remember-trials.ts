import type { Findings } from "../cache/findings.js";
import type { CoreSource } from "../run/load-core.js";
import type { TryBatches } from "./choose-batching.js";
import { trialVersion } from "./try-batches.js";

/** Where the answers of earlier starts are, of a model that is prepared, and what else a trial depends on. */
export interface TrialMemory {
  readonly findings?: Findings | undefined;
  readonly source: Pick<CoreSource, "session" | "model">;
}

/** Tries batches unless an earlier start has: of a slow model that takes longer than all else of a load. */
export function rememberTrials({ findings, source }: TrialMemory, tryOut: TryBatches): TryBatches {
  if (!findings) return tryOut;
  const { session, model } = source;
  return (options) => {
    const question = ["batches", trialVersion, options.maxRows, session, model];
    return findings.ask(question, () => tryOut(options));
  };
}
