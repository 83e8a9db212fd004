import { setTimeout } from "node:timers/promises";
import { PredictorApi, type ShadowReport } from "@paddlewheel/client";
import { systemClock } from "@paddlewheel/core";
import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import { withProgress } from "../progress.js";
import { UsageError } from "../usage-error.js";
import { createAbReport } from "./ab-report.js";
import { expectedShares } from "./expected-shares.js";
import { readTrial } from "./read-trial.js";
import { renderAbReport } from "./render-ab-report.js";
import { TrialRun } from "./trial-run.js";

/** Runs `paddlewheel ab`. */
export async function ab({ values, positionals, terminal }: CommandCall): Promise<ExitCode> {
  const [what] = positionals;
  if (what !== "report") throw new UsageError("ab: say what to do: ab report");
  const trial = readTrial(values);
  const { name: endpoint, canary, shadow } = trial.conf;
  const shares = expectedShares(trial.conf);
  const api = new PredictorApi();
  try {
    await api.create("", trial.file);
    const run = new TrialRun({ api, trial, shares, clock: systemClock });
    const ended = await withProgress(
      terminal.err,
      () => `${run.endedCalls} of ${trial.callCount} calls`,
      () => run.run(),
    );
    const report = createAbReport({
      endpoint,
      shares,
      tolerance: trial.tolerance,
      canary: canary && api.canaryState(endpoint),
      shadow: shadow && (await shadowReport(api, endpoint)),
      ...ended,
    });
    const text = values.bool("json") ? JSON.stringify(report, undefined, 2) : renderAbReport(report);
    terminal.out.write(`${text}\n`);
    return report.variants.every(({ firstError }) => firstError === undefined)
      ? ExitCode.ok
      : ExitCode.failed;
  } finally {
    api.destroy();
  }
}

const pollMs = 10;

/** When the last copy is compared, which has its own deadline. */
async function shadowReport(api: PredictorApi, endpoint: string): Promise<ShadowReport> {
  for (;;) {
    const report = api.shadowReport(endpoint);
    if (report.inFlight === 0) return report;
    await setTimeout(pollMs);
  }
}
