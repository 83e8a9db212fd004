import type { FromProcess, ToProcess } from "./messages.js";

/** How a process ended; `error` when it could not be started at all. */
export interface ProcessEnd {
  readonly code?: number;
  readonly signal?: NodeJS.Signals;
  readonly error?: Error;
}

/** What a process is told at its birth. */
export interface ProcessPlace {
  /** From 1 on; a process that replaces another has the same. */
  readonly number: number;
  /** How many there are. */
  readonly count: number;
  /**
   * It opens its ports when it is ready only: others serve there meanwhile, and it would refuse the calls it gets. The
   * first process of a server opens them at once, so that a port that is taken shows before models load.
   */
  readonly opensLast: boolean;
}

/** A process as its supervisor holds it. */
export interface WorkerProcess {
  /** 0 for one that could not be started. */
  readonly pid: number;
  /** Does nothing when the process is gone. */
  send(message: ToProcess): void;
  kill(signal: NodeJS.Signals): void;
}

export interface WorkerEvents {
  readonly onMessage: (message: FromProcess) => void;
  /** Comes once, and last. */
  readonly onEnd: (end: ProcessEnd) => void;
}

/** Starts a process. Never throws: one that cannot be started ends. */
export type SpawnWorker = (place: ProcessPlace, events: WorkerEvents) => WorkerProcess;

/** `exit code 1`, `SIGKILL` */
export function describeEnd({ code, signal, error }: ProcessEnd): string {
  return error?.message ?? signal ?? `exit code ${code ?? 0}`;
}
