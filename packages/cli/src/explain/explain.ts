import { checkServerConf } from "@paddlewheel/conf";
import { createRegistries, knownNames } from "@paddlewheel/server";
import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import { printFindings } from "../run/print-findings.js";
import { UsageError } from "../usage-error.js";
import { renderMermaid } from "./render-mermaid.js";
import { renderOutline } from "./render-outline.js";
import { planServer } from "./server-plan.js";

/** Runs `paddlewheel explain`. */
export function explain({ values, positionals, terminal }: CommandCall): ExitCode {
  const [dir] = positionals;
  if (dir === undefined) throw new UsageError("explain: name the folder of the conf files");
  const registries = createRegistries();
  const report = checkServerConf({ dir, known: knownNames(registries) });
  printFindings(report, terminal.err);
  if (!report.conf) return ExitCode.failed;
  const plan = planServer(report.conf, registries.ops);
  terminal.out.write(values.bool("mermaid") ? renderMermaid(plan) : renderOutline(plan, terminal.out));
  return ExitCode.ok;
}
