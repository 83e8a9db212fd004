import { parentPort, workerData } from "node:worker_threads";
import type { CoreModule, Preparation } from "../core/fluid-family-core.js";
import type { PrepareJob } from "./prepare-thread.js";

/** The module a preparing thread runs: one answer, and it ends. */
const { module, ...request } = workerData as PrepareJob;
parentPort?.postMessage(await prepare());

async function prepare(): Promise<Preparation> {
  try {
    const core = (await import(module)) as CoreModule;
    if (!core.prepare) return { isReady: false, reason: "this kind of model cannot be prepared" };
    return await core.prepare(request);
  } catch (thrown) {
    return { isReady: false, reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
