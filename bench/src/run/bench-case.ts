import type { WorkloadName } from "../workloads/prepare-workload.js";

/** One question of the benchmark: how does each contender do on this workload under this load? */
export interface BenchCase {
  readonly suite: SuiteName;
  readonly workload: WorkloadName;
  readonly inFlight: number;
  readonly connections: number;
  readonly rounds: number;
  /** Length of a window. */
  readonly seconds: number;
  readonly warmupSeconds: number;
}

export const suiteNames = ["linear", "mlp", "resnet50", "echo", "image", "client"] as const;
export type SuiteName = (typeof suiteNames)[number];

interface SuiteLoad extends Omit<BenchCase, "suite" | "connections"> {
  /** Calls in flight are spread over so many unless told otherwise; default 8. */
  readonly connections?: number;
  readonly quickSeconds: number;
}

const rounds = 5;
const seconds = 3;
const warmupSeconds = 1;
const common = { rounds, seconds, warmupSeconds, quickSeconds: 1 };

/**
 * A ResNet-50 answers some 30 times a second: fewer and longer windows give as many answers as the time allows. V8
 * compiles by the number of calls, so it takes longer, too, until servers run as they will for the rest of the day.
 */
const longWindows = { rounds: 3, seconds: 10, warmupSeconds: 40, quickSeconds: 3 };

const suites: Readonly<Record<SuiteName, readonly SuiteLoad[]>> = {
  linear: [
    { workload: "linear", inFlight: 64, ...common },
    { workload: "linear", inFlight: 1, ...common },
  ],
  mlp: [{ workload: "mlp", inFlight: 64, ...common }],
  resnet50: [{ workload: "resnet50", inFlight: 8, ...longWindows }],
  echo: [{ workload: "echo", inFlight: 64, ...common }],
  image: [
    { workload: "float_data", inFlight: 8, ...common },
    { workload: "tensor_content", inFlight: 8, ...common },
  ],
  // One connection, as a client has that is made once.
  client: [{ workload: "echo", inFlight: 64, connections: 1, ...common }],
};

/** In a smoke run: enough to see that all works, too little to trust a figure. */
const quick = { rounds: 1, warmupSeconds: 0.5 };

const defaultConnections = 8;

/** What the command line may say about the load; undefined leaves it to the suite. */
export interface CaseOptions {
  readonly suites: readonly SuiteName[];
  readonly isQuick: boolean;
  readonly rounds: number | undefined;
  readonly seconds: number | undefined;
  readonly warmupSeconds: number | undefined;
  readonly inFlight: number | undefined;
  readonly connections: number | undefined;
}

/** The cases of the chosen suites; with `inFlight` given, each workload comes once. */
export function planCases(options: CaseOptions): readonly BenchCase[] {
  return options.suites.flatMap((suite) => {
    const loads = options.inFlight === undefined ? suites[suite] : oncePerWorkload(suites[suite]);
    return loads.map((load) => ({ suite, ...planLoad(load, options) }));
  });
}

function oncePerWorkload(loads: readonly SuiteLoad[]): readonly SuiteLoad[] {
  return loads.filter(({ workload }, i) => loads.findIndex((load) => load.workload === workload) === i);
}

function planLoad(load: SuiteLoad, options: CaseOptions): Omit<BenchCase, "suite"> {
  const base = options.isQuick ? { ...load, ...quick, seconds: load.quickSeconds } : load;
  const inFlight = options.inFlight ?? base.inFlight;
  return {
    workload: base.workload,
    inFlight,
    connections: Math.min(options.connections ?? base.connections ?? defaultConnections, inFlight),
    rounds: options.rounds ?? base.rounds,
    seconds: options.seconds ?? base.seconds,
    warmupSeconds: options.warmupSeconds ?? base.warmupSeconds,
  };
}
