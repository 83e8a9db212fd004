import type { CoreModule, Preparation } from "../core/fluid-family-core.js";
import type { PrepareJob } from "./prepare-process.js";

/** The module a preparing process runs: one job, one answer, and it ends, as it does when the one that asked is gone. */
process.once("disconnect", () => process.exit());
process.once("message", async (job) => {
  process.send?.(await prepare(job as PrepareJob), () => process.disconnect());
});

async function prepare({ module, ...request }: PrepareJob): Promise<Preparation> {
  try {
    const core = (await import(module)) as CoreModule;
    if (!core.prepare) return { isReady: false, reason: "this kind of model cannot be prepared" };
    return await core.prepare(request);
  } catch (thrown) {
    return { isReady: false, reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
