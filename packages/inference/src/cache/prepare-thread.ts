import { Worker } from "node:worker_threads";
import type { Preparation, PrepareRequest } from "../core/fluid-family-core.js";

/** What the thread is given. */
export interface PrepareJob extends PrepareRequest {
  /** URL of a `CoreModule` that can prepare. */
  readonly module: string;
}

/**
 * Prepares a model on a thread of its own, for loading one holds up its thread; the thread and its memory are gone when
 * this resolves. It is never ended from outside: inside ONNX Runtime that would take the process with it.
 */
export function prepareOnThread(job: PrepareJob): Promise<Preparation> {
  return new Promise((resolve, reject) => {
    let answer: Preparation | undefined;
    const worker = new Worker(new URL("./prepare-worker.js", import.meta.url), { workerData: job });
    worker.once("message", (message: Preparation) => {
      answer = message;
    });
    worker.once("error", reject);
    worker.once("exit", () => {
      if (answer) resolve(answer);
      else reject(new Error("the thread that prepares the model ended"));
    });
  });
}
