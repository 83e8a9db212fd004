import type { CaseResult } from "../run/run-case.js";
import { describeMachine, type Machine } from "./machine.js";
import { type ContenderSummary, summarizeCase } from "./summary.js";

/** All a run found, as it is written to a JSON file: summaries for reading, windows for recomputing them. */
export interface Report {
  /** ISO 8601 */
  readonly finishedAt: string;
  readonly machine: Machine;
  readonly cases: readonly (CaseResult & { readonly summaries: readonly ContenderSummary[] })[];
}

export function createReport(cases: readonly CaseResult[]): Report {
  return {
    finishedAt: new Date().toISOString(),
    machine: describeMachine(),
    cases: cases.map((result) => ({ ...result, summaries: summarizeCase(result) })),
  };
}

/** Whether any figure is void: an answer was wrong or missing, or a window saw none at all. */
export function hasErrors({ cases }: Report): boolean {
  const windows = cases.flatMap(({ contenders }) => contenders.flatMap((contender) => contender.windows));
  return windows.some(({ errors, answered }) => errors > 0 || answered === 0);
}
