import type { BenchModelName } from "../models/bench-model.js";

/** One question of the benchmark: how does each contender do on this model under this load? */
export interface BenchCase {
  readonly model: BenchModelName;
  readonly inFlight: number;
  readonly connections: number;
  readonly rounds: number;
  /** Length of a window. */
  readonly seconds: number;
  readonly warmupSeconds: number;
}

export const suiteNames = ["linear", "mlp", "resnet50"] as const;
export type SuiteName = (typeof suiteNames)[number];

interface SuiteLoad extends Omit<BenchCase, "connections"> {
  readonly quickSeconds: number;
}

const rounds = 5;
const seconds = 3;
const warmupSeconds = 1;
const common = { rounds, seconds, warmupSeconds, quickSeconds: 1 };

/** A ResNet-50 answers some 20 times a second: fewer and longer windows give as many answers as the time allows. */
const longWindows = { rounds: 3, seconds: 8, warmupSeconds: 2, quickSeconds: 3 };

const suites: Readonly<Record<SuiteName, readonly SuiteLoad[]>> = {
  linear: [
    { model: "linear", inFlight: 64, ...common },
    { model: "linear", inFlight: 1, ...common },
  ],
  mlp: [{ model: "mlp", inFlight: 64, ...common }],
  resnet50: [{ model: "resnet50", inFlight: 8, ...longWindows }],
};

/** In a smoke run: enough to see that all works, too little to trust a figure. */
const quick = { rounds: 1, warmupSeconds: 0.5 };

/** Calls in flight spread over so many connections unless told otherwise. */
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

/** The cases of the chosen suites; with `inFlight` given, a suite has only that one. */
export function planCases(options: CaseOptions): readonly BenchCase[] {
  return options.suites.flatMap((name) => {
    const loads = options.inFlight === undefined ? suites[name] : suites[name].slice(0, 1);
    return loads.map((load) => planCase(load, options));
  });
}

function planCase(load: SuiteLoad, options: CaseOptions): BenchCase {
  const base = options.isQuick ? { ...load, ...quick, seconds: load.quickSeconds } : load;
  const inFlight = options.inFlight ?? base.inFlight;
  return {
    model: base.model,
    inFlight,
    connections: Math.min(options.connections ?? defaultConnections, inFlight),
    rounds: options.rounds ?? base.rounds,
    seconds: options.seconds ?? base.seconds,
    warmupSeconds: options.warmupSeconds ?? base.warmupSeconds,
  };
}
