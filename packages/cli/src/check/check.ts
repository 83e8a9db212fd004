import type { ConfReport } from "@paddlewheel/conf";
import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import { printFindings } from "../run/print-findings.js";
import { readConf } from "../run/read-conf.js";
import { UsageError } from "../usage-error.js";

/** Runs `paddlewheel check`. */
export async function check({ values, positionals, terminal: { out } }: CommandCall): Promise<ExitCode> {
  const [dir] = positionals;
  if (dir === undefined) throw new UsageError("check: name the folder of the conf files");
  const { report } = await readConf({ dir, ops: values.texts("ops") });
  printFindings(report, out);
  if (out.isTerminal) out.write(`${summary(report)}\n`);
  return report.conf ? ExitCode.ok : ExitCode.failed;
}

function summary({ conf, faults, warnings }: ConfReport): string {
  const warned = warnings.length > 0 ? `, ${count(warnings.length, "warning")}` : "";
  if (!conf) return `${count(faults.length, "fault")}${warned}`;
  const { services, workflows, engines } = conf;
  const parts = [
    count(services.length, "service"),
    count(workflows.length, "workflow"),
    count(engines.length, "engine"),
  ];
  return `conf is right: ${parts.join(", ")}${warned}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
