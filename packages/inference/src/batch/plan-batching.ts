import { BatchingMode, type EngineConf } from "@paddlewheel/core";
import type { BatchLayout, LayoutPlan } from "./batch-layout.js";
import type { BatchPolicy } from "./plan-batch.js";
import type { BatchTrial } from "./try-batches.js";

/** What conf says of the batches of an engine. */
export interface BatchConf extends Omit<BatchPolicy, "layout"> {
  readonly mode: BatchingMode;
}

/** The fields of an engine's conf that concern batches. */
export function batchConfOf({
  batchInferSize,
  enableOverrun,
  allowSplitRequest,
  batching,
}: EngineConf): BatchConf {
  const { mode, maxQueueDelayMicros, preferredBatchSizes, enablePadding, padValue } = batching;
  return {
    mode,
    maxRows: batchInferSize,
    preferredRows: preferredBatchSizes,
    maxDelayMs: maxQueueDelayMicros / 1000,
    enableOverrun,
    allowSplit: allowSplitRequest,
    padValue: enablePadding ? padValue : undefined,
  };
}

/** What is known of a model when it is decided whether its requests merge. */
export interface BatchingFacts {
  readonly conf: BatchConf;
  readonly layout: LayoutPlan;
  /** Left out until it was made. */
  readonly trial?: BatchTrial;
}

/** How the requests of an engine become runs; `reason` is for people. */
export interface BatchingChoice {
  readonly policy: BatchPolicy;
  readonly reason: string;
}

export type BatchingPlan =
  | ({ readonly kind: "chosen" } & BatchingChoice)
  | { readonly kind: "try"; readonly layout: BatchLayout };

/** Times that rows must be faster together than one by one, or batches only make those wait that came first. */
export const minBatchGain = 1.2;

/** Decides whether requests merge: not where conf says no, where the model has no rows, or where it does not pay. */
export function planBatching({ conf, layout: plan, trial }: BatchingFacts): BatchingPlan {
  if (conf.mode === BatchingMode.off) return alone(conf, "conf says off");
  if (conf.maxRows === 1) return alone(conf, "conf says batch_infer_size 1");
  if ("fault" in plan) return alone(conf, plan.fault);
  const { layout } = plan;
  if (!trial) return { kind: "try", layout };
  if (trial.failure !== undefined) return alone(conf, `made-up rows could not be tried: ${trial.failure}`);
  if (!trial.standsAlone) return alone(conf, "a row's answer depends on the rows beside it");
  const gain = `${trial.rows} rows at once are ${trial.gain.toFixed(1)} times as fast as one by one`;
  if (conf.mode === BatchingMode.auto && trial.gain < minBatchGain)
    return alone(conf, `${gain}, too little to wait for`);
  const isPadding = conf.padValue !== undefined;
  const padValue = layout.paddingFault === undefined ? conf.padValue : undefined;
  const padding =
    isPadding && layout.paddingFault !== undefined ? `; no padding: ${layout.paddingFault}` : "";
  return { kind: "chosen", policy: { ...policyOf(conf), layout, padValue }, reason: `${gain}${padding}` };
}

function alone(conf: BatchConf, reason: string): BatchingPlan {
  return { kind: "chosen", policy: { ...policyOf(conf), layout: undefined, maxRows: 1 }, reason };
}

function policyOf({ mode: _, ...policy }: BatchConf): Omit<BatchPolicy, "layout"> {
  return policy;
}
