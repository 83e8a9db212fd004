import { type Call, modelVersionHeader } from "@paddlewheel/core";
import { traceHeader } from "./call-headers.js";
import type { CallTracer } from "./call-tracer.js";

/** What a caller may want to know beside its answer, as headers. */
export type AnswerReports = readonly (readonly [name: string, value: string])[];

let lastVersions: AnswerReports = [[modelVersionHeader, ""]];

/**
 * The versions of models that ran for a call, and its trace when it was asked for; undefined when there is nothing to tell.
 * Versions alone come as the same list as long as they are the same, so that transports can keep what they make of it.
 */
export function answerReports(call: Call, tracer: CallTracer): AnswerReports | undefined {
  const { usedVersions } = call;
  const trace = tracer.report(call);
  const traceReports: AnswerReports = trace === undefined ? [] : [[traceHeader, trace]];
  if (usedVersions === undefined) return trace === undefined ? undefined : traceReports;
  if (lastVersions[0]?.[1] !== usedVersions) lastVersions = [[modelVersionHeader, usedVersions]];
  return trace === undefined ? lastVersions : [...lastVersions, ...traceReports];
}
