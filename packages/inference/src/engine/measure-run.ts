import { BatchingMode } from "@paddlewheel/core";
import { WorkerPool, type WorkerPoolOptions } from "../run/worker-pool.js";
import { type WarmUp, warmUpVersion } from "./warm-up.js";

/**
 * How long a run takes; measured in a worker, as a slow model must not hold up this thread even once, and only once for
 * a model that is prepared.
 */
export function measureRun(options: Omit<WorkerPoolOptions, "threads">): Promise<WarmUp> {
  const { findings, source } = options;
  const measure = () => measureInWorker(options);
  return findings?.ask(["run time", warmUpVersion, source.session, source.model], measure) ?? measure();
}

async function measureInWorker(options: Omit<WorkerPoolOptions, "threads">): Promise<WarmUp> {
  const batch = { ...options.batch, mode: BatchingMode.off };
  const probe = await WorkerPool.create({ ...options, batch, threads: 1 });
  await probe.close();
  return probe.report.warmUp;
}
