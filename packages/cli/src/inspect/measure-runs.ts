import type { EngineConf } from "@paddlewheel/core";
import { createInferManager } from "@paddlewheel/inference";
import type { RunReport } from "./model-report.js";

/**
 * Loads the model as its engines would, one after the other, and tells what they found out about it.
 * @throws ServeError modelLoadFailure
 */
export async function measureRuns(engines: readonly EngineConf[]): Promise<RunReport> {
  const manager = await createInferManager({ engines });
  try {
    return Object.fromEntries(
      manager.engines().map(({ name, placement, batching, warmUp: { runMicros } }) => [
        name,
        {
          runMicros: runMicros === undefined ? undefined : Math.round(runMicros),
          placement: placement.kind,
          placementReason: placement.reason,
          batchRows: batching.maxRows,
          batchReason: batching.reason,
        },
      ]),
    );
  } finally {
    await manager.close();
  }
}
