import type { ModelSignature } from "@paddlewheel/core";
import { planLayout } from "./batch-layout.js";
import { type BatchConf, type BatchingChoice, planBatching } from "./plan-batching.js";
import type { BatchTrial, TrialOptions } from "./try-batches.js";

/** Tries batches of a loaded model, wherever it runs. */
export type TryBatches = (options: Omit<TrialOptions, "model">) => Promise<BatchTrial>;

/** Decides how the requests of a loaded model become runs; tries it only where that could matter. */
export async function chooseBatching(
  conf: BatchConf,
  signature: ModelSignature,
  tryOut: TryBatches,
): Promise<BatchingChoice> {
  const layout = planLayout(signature);
  const plan = planBatching({ conf, layout });
  if (plan.kind === "chosen") return plan;
  const trial = await tryOut({ signature, layout: plan.layout, maxRows: conf.maxRows });
  const tried = planBatching({ conf, layout, trial });
  if (tried.kind !== "chosen") throw new Error("batches that were tried were to be tried again");
  return tried;
}
