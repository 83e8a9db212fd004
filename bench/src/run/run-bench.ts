import type { Contender } from "../contenders/contender.js";
import { prepareWorkload, type WorkloadName } from "../workloads/prepare-workload.js";
import type { Workload } from "../workloads/workload.js";
import type { BenchCase } from "./bench-case.js";
import { type CaseResult, runCase, type WindowProgress } from "./run-case.js";

export interface BenchRun {
  readonly cases: readonly BenchCase[];
  /** The first that takes part in a suite is its baseline; a suite without any is left out. */
  readonly contenders: readonly Contender[];
  /** An empty folder for workloads, conf and logs; the caller removes it. */
  readonly directory: string;
  readonly onWindow: (progress: WindowProgress) => void;
  readonly onCase: (result: CaseResult) => void;
}

/** Runs the cases one after the other; each workload is prepared once. */
export async function runBench(run: BenchRun): Promise<readonly CaseResult[]> {
  const workloads = new Map<WorkloadName, Workload>();
  const results: CaseResult[] = [];
  for (const benchCase of run.cases) {
    const contenders = run.contenders.filter(({ suites }) => suites.includes(benchCase.suite));
    if (contenders.length === 0) continue;
    const name = benchCase.workload;
    const workload = workloads.get(name) ?? (await prepareWorkload(name, run.directory));
    workloads.set(name, workload);
    const result = await runCase({ benchCase, workload, contenders, onWindow: run.onWindow });
    run.onCase(result);
    results.push(result);
  }
  return results;
}
