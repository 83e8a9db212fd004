import { type ConfReport, checkServerConf } from "@paddlewheel/conf";
import { createRegistries, knownNames } from "@paddlewheel/server";
import type { Command, CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import { printFindings } from "../run/print-findings.js";
import { UsageError } from "../usage-error.js";

export const checkCommand: Command = {
  name: "check",
  summary: "check the conf files of a folder and list every fault",
  usage: "check CONF_DIR",
  description:
    "Reads infer_service, workflow, resource and what they name, starts nothing, and prints a line for every fault and " +
    "warning: file:line field: what is wrong. Ends with 1 when there is a fault.",
  groups: [],
  examples: ["paddlewheel check conf"],
  maxPositionals: 1,
  run: check,
};

function check({ positionals, terminal: { out } }: CommandCall): ExitCode {
  const [dir] = positionals;
  if (dir === undefined) throw new UsageError("check: name the folder of the conf files");
  const report = checkServerConf({ dir, known: knownNames(createRegistries()) });
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
