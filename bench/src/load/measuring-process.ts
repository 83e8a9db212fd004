import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { adoptChild, describeEnd, hasEnded, stopChild } from "../contenders/child-process.js";
import type { MeasuredWindow } from "../measure/measured-window.js";
import type { LoadJob, LoadOutcome } from "./load-job.js";

const loaderModule = fileURLToPath(new URL("loader-process.js", import.meta.url));

/** Starts a module of ours that answers jobs with outcomes. Tensors cross to it as they are, not as JSON. */
export function forkMeasuring(module: string): ChildProcess {
  const child = fork(module, { serialization: "advanced" });
  adoptChild(child);
  return child;
}

/**
 * Gives a process a job and waits for the outcome.
 * @throws Error when it fails or ends before.
 */
export async function askMeasuring(child: ChildProcess, job: object): Promise<MeasuredWindow> {
  if (hasEnded(child)) throw endError(child);
  const outcome = await new Promise<LoadOutcome>((resolve, reject) => {
    const onEnd = (): void => reject(endError(child));
    child.once("exit", onEnd);
    child.once("message", (message) => {
      child.off("exit", onEnd);
      resolve(message as LoadOutcome);
    });
    child.send(job);
  });
  if ("failure" in outcome) throw new Error(outcome.failure);
  return outcome.window;
}

/** Loads a server once, from a fresh process. */
export async function runLoader(job: LoadJob): Promise<MeasuredWindow> {
  const loader = forkMeasuring(loaderModule);
  try {
    return await askMeasuring(loader, job);
  } finally {
    await stopChild(loader);
  }
}

function endError(child: ChildProcess): Error {
  return new Error(`the measuring process ended with ${describeEnd(child)}`);
}
