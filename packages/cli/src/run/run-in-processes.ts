import type { JoinedProcess } from "@paddlewheel/server/processes";
import type { ExitCode } from "../exit-code.js";
import type { FlagValues } from "../flags/flag-values.js";
import type { Terminal } from "../terminal.js";
import { processesOf } from "./processes-of.js";

export interface RunInProcessesOptions {
  readonly values: FlagValues;
  readonly terminal: Terminal;
  /** Runs the server in this process; `process` says which of several it is. */
  readonly run: (process?: JoinedProcess) => Promise<ExitCode>;
}

/**
 * Runs a server in this process, or in as many as `--processes` says, with this one as their supervisor. That one loads
 * nothing of what serves: no model, no native addon.
 * @throws UsageError
 */
export async function runInProcesses({ values, terminal, run }: RunInProcessesOptions): Promise<ExitCode> {
  const count = processesOf(values);
  if (count === undefined) return run();
  const { joinSupervisor } = await import("@paddlewheel/server/processes");
  const joined = joinSupervisor();
  if (joined === undefined) return (await import("./supervise.js")).supervise(count, values, terminal);
  try {
    return await run(joined);
  } finally {
    await joined.leave();
  }
}
