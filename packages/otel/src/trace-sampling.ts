import { ROOT_CONTEXT } from "@opentelemetry/api";
import { SamplingDecision, TraceIdRatioBasedSampler } from "@opentelemetry/sdk-trace-base";
import type { TraceContext } from "@paddlewheel/core";

export interface TraceSamplingOptions {
  /** Part of the traces that is kept, from 0 to 1. */
  readonly sampleRatio: number;
  /** Whether a caller that has decided decides here too. */
  readonly followsParent: boolean;
}

/** Whether a trace is kept. Whoever samples by the same ratio decides the same, as the trace id alone counts. */
export type TraceSampling = (traceId: string, received: TraceContext | undefined) => boolean;

export function createTraceSampling({ sampleRatio, followsParent }: TraceSamplingOptions): TraceSampling {
  const sampler = new TraceIdRatioBasedSampler(sampleRatio);
  return (traceId, received) => {
    if (followsParent && received) return received.isSampled;
    return sampler.shouldSample(ROOT_CONTEXT, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED;
  };
}
