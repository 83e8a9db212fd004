import type { ConfReport, PredictorsReport } from "@paddlewheel/conf";
import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import { printFindings } from "../run/print-findings.js";
import { readConf } from "../run/read-conf.js";
import { UsageError } from "../usage-error.js";

/** Runs `paddlewheel check`. */
export async function check({ values, positionals, terminal: { out } }: CommandCall): Promise<ExitCode> {
  const [dir] = positionals;
  const predictors = values.text("predictors");
  if (dir === undefined && predictors === undefined) {
    throw new UsageError("check: name the folder of the conf files, or a client's conf with --predictors");
  }
  const reports = [
    ...(dir === undefined ? [] : [await checkServer(dir, values.texts("ops"))]),
    ...(predictors === undefined ? [] : [await checkClient(predictors)]),
  ];
  for (const report of reports) {
    printFindings(report, out);
    if (out.isTerminal) out.write(`${summary(report)}\n`);
  }
  return reports.every(({ parts }) => parts) ? ExitCode.ok : ExitCode.failed;
}

/** What was found, and what right conf holds; undefined for wrong conf. */
type Checked = Pick<ConfReport, "faults" | "warnings"> & { readonly parts: readonly string[] | undefined };

async function checkServer(dir: string, ops: readonly string[] | undefined): Promise<Checked> {
  const { report } = await readConf({ dir, ops });
  return { ...report, parts: report.conf && serverParts(report.conf) };
}

function serverParts({ services, workflows, engines }: NonNullable<ConfReport["conf"]>): readonly string[] {
  return [
    count(services.length, "service"),
    count(workflows.length, "workflow"),
    count(engines.length, "engine"),
  ];
}

async function checkClient(file: string): Promise<Checked> {
  const { checkPredictors } = await import("@paddlewheel/client");
  const report = checkPredictors(file);
  return { ...report, parts: report.conf && clientParts(report.conf) };
}

function clientParts({ predictors }: NonNullable<PredictorsReport["conf"]>): readonly string[] {
  const variants = predictors.flatMap((predictor) => predictor.variants);
  return [count(predictors.length, "predictor"), count(variants.length, "variant")];
}

function summary({ parts, faults, warnings }: Checked): string {
  const warned = warnings.length > 0 ? `, ${count(warnings.length, "warning")}` : "";
  return parts ? `conf is right: ${parts.join(", ")}${warned}` : `${count(faults.length, "fault")}${warned}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
