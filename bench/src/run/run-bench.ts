import type { Contender } from "../contenders/contender.js";
import { type BenchModelName, benchModels } from "../models/bench-model.js";
import { type PreparedModel, prepareModel } from "../models/prepared-model.js";
import type { BenchCase } from "./bench-case.js";
import { type CaseResult, runCase, type WindowProgress } from "./run-case.js";

export interface BenchRun {
  readonly cases: readonly BenchCase[];
  /** The first is the baseline. */
  readonly contenders: readonly Contender[];
  /** An empty folder for models, conf and logs; the caller removes it. */
  readonly directory: string;
  readonly onWindow: (progress: WindowProgress) => void;
  readonly onCase: (result: CaseResult) => void;
}

/** Runs the cases one after the other; each model is prepared once. */
export async function runBench(run: BenchRun): Promise<readonly CaseResult[]> {
  const models = new Map<BenchModelName, PreparedModel>();
  const results: CaseResult[] = [];
  for (const benchCase of run.cases) {
    const name = benchCase.model;
    const model = models.get(name) ?? (await prepareModel(benchModels[name], run.directory));
    models.set(name, model);
    const result = await runCase({ benchCase, model, contenders: run.contenders, onWindow: run.onWindow });
    run.onCase(result);
    results.push(result);
  }
  return results;
}
