import type { Contender, RunningContender } from "../contenders/contender.js";
import type { LoadPlan } from "../load/load-job.js";
import type { MeasuredWindow } from "../measure/measured-window.js";
import type { Workload } from "../workloads/workload.js";
import type { BenchCase } from "./bench-case.js";

/** All rounds of one contender. */
export interface ContenderResult {
  readonly key: string;
  readonly title: string;
  readonly windows: readonly MeasuredWindow[];
}

export interface CaseResult {
  readonly benchCase: BenchCase;
  /** The first is the baseline. */
  readonly contenders: readonly ContenderResult[];
}

export interface CaseRun {
  readonly benchCase: BenchCase;
  readonly workload: Workload;
  /** The first is the baseline. */
  readonly contenders: readonly Contender[];
  /** Told of every window as it ends. */
  readonly onWindow: (progress: WindowProgress) => void;
}

export interface WindowProgress {
  /** From 0. */
  readonly round: number;
  readonly title: string;
  readonly window: MeasuredWindow;
}

/** A contender that did not start, gave a wrong answer to its first calls, or went away. */
export class ContenderError extends Error {
  constructor(title: string, cause: unknown) {
    super(`${title}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = "ContenderError";
  }
}

/**
 * Starts all contenders, then loads one after the other, round by round: what the machine does beside us drifts, and so
 * hits all alike. A contender that is not loaded idles.
 * @throws ContenderError naming the contender that did not start or went away.
 */
export async function runCase({ benchCase, workload, contenders, onWindow }: CaseRun): Promise<CaseResult> {
  const running: RunningContender[] = [];
  const windows: MeasuredWindow[][] = contenders.map(() => []);
  try {
    for (const contender of contenders) {
      running.push(await naming(contender, () => contender.start(workload)));
    }
    for (let round = 0; round < benchCase.rounds; round++) {
      for (const [i, contender] of contenders.entries()) {
        const window = await naming(contender, async () => running[i]?.measure(loadPlan(benchCase)));
        if (!window) continue;
        windows[i]?.push(window);
        onWindow({ round, title: contender.title, window });
      }
    }
  } finally {
    await Promise.all(running.map((contender) => contender.stop()));
  }
  return {
    benchCase,
    contenders: contenders.map(({ key, title }, i) => ({ key, title, windows: windows[i] ?? [] })),
  };
}

async function naming<T>({ title }: Contender, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new ContenderError(title, error);
  }
}

function loadPlan({ connections, inFlight, warmupSeconds, seconds }: BenchCase): LoadPlan {
  return { connections, inFlight, warmupMs: warmupSeconds * 1000, windowMs: seconds * 1000 };
}
