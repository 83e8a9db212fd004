import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { adoptChild, describeEnd, hasEnded, stopChild } from "../contenders/child-process.js";
import type { MeasuredWindow } from "../measure/measured-window.js";
import type { LoadJob, LoadOutcome, LoadPlan, OpenLoadPlan, OpenWindow } from "./load-job.js";

const loaderModule = fileURLToPath(new URL("loader-process.js", import.meta.url));

/**
 * Starts a module of ours that answers jobs with outcomes. Tensors cross to it as they are, not as JSON.
 * @param cpu the core it is to have, as taskset names it; any when it is not given
 */
export function forkMeasuring(module: string, cpu?: string): ChildProcess {
  const bound = cpu === undefined ? {} : { execPath: "taskset", execArgv: ["-c", cpu, process.execPath] };
  const child = fork(module, { serialization: "advanced", ...bound });
  adoptChild(child);
  return child;
}

/**
 * Gives a process a job and waits for the outcome.
 * @throws Error when it fails or ends before.
 */
export async function askMeasuring<Window = MeasuredWindow>(
  child: ChildProcess,
  job: object,
): Promise<Window> {
  if (hasEnded(child)) throw endError(child);
  const outcome = await new Promise<LoadOutcome<Window>>((resolve, reject) => {
    const onEnd = (): void => reject(endError(child));
    child.once("exit", onEnd);
    child.once("message", (message) => {
      child.off("exit", onEnd);
      resolve(message as LoadOutcome<Window>);
    });
    child.send(job);
  });
  if ("failure" in outcome) throw new Error(outcome.failure);
  return outcome.window;
}

/** Loads a server once, from a fresh process, on a core of its own where one is given. */
export function runLoader(job: LoadJob<LoadPlan>, cpu?: string): Promise<MeasuredWindow>;
export function runLoader(job: LoadJob<OpenLoadPlan>, cpu?: string): Promise<OpenWindow>;
export async function runLoader(job: LoadJob, cpu?: string): Promise<MeasuredWindow | OpenWindow> {
  const loader = forkMeasuring(loaderModule, cpu);
  try {
    return await askMeasuring<MeasuredWindow | OpenWindow>(loader, job);
  } finally {
    await stopChild(loader);
  }
}

function endError(child: ChildProcess): Error {
  return new Error(`the measuring process ended with ${describeEnd(child)}`);
}
