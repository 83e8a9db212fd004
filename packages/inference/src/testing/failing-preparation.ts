import type { FluidFamilyCore, Preparation, PrepareRequest } from "../core/fluid-family-core.js";

/** A `CoreModule` whose `prepare` crashes or hangs, as `dataPath` says. */
export function createCore(): FluidFamilyCore {
  throw new Error("there is only something to prepare");
}

export function prepare({ dataPath }: PrepareRequest): Promise<Preparation> {
  if (dataPath === "crash") process.stdout.write("crashing", () => process.kill(process.pid, "SIGSEGV"));
  return new Promise(() => {
    setInterval(() => {}, 1000);
  });
}
