import type { ModelSignature } from "@paddlewheel/core";
import { type BatchLayout, planLayout } from "../batch/batch-layout.js";
import type { BatchObserver } from "../batch/batch-observer.js";
import type { BatchPolicy } from "../batch/plan-batch.js";

/** The layout of a model that has one. */
export function layoutOf(signature: ModelSignature): BatchLayout {
  const plan = planLayout(signature);
  if ("fault" in plan) throw new Error(plan.fault);
  return plan.layout;
}

/** A policy with the defaults of a conf file. */
export function batchPolicy(policy: Partial<BatchPolicy> & Pick<BatchPolicy, "layout">): BatchPolicy {
  return {
    maxRows: 32,
    preferredRows: [],
    maxDelayMs: 0,
    enableOverrun: false,
    allowSplit: true,
    padValue: undefined,
    ...policy,
  };
}

/** Limits nothing reaches. */
export const wideLimits = { maxQueueSize: 1_000_000, maxQueueWaitMs: 1_000_000 };

export const silentObserver: BatchObserver = {
  waited: () => {},
  refused: () => {},
  split: () => {},
  retried: () => {},
};
