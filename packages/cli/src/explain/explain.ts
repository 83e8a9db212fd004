import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import { printFindings } from "../run/print-findings.js";
import { readConf } from "../run/read-conf.js";
import { UsageError } from "../usage-error.js";
import { renderMermaid } from "./render-mermaid.js";
import { renderOutline } from "./render-outline.js";
import { planServer } from "./server-plan.js";

/** Runs `paddlewheel explain`. */
export async function explain({ values, positionals, terminal }: CommandCall): Promise<ExitCode> {
  const [dir] = positionals;
  if (dir === undefined) throw new UsageError("explain: name the folder of the conf files");
  const { report, registries } = await readConf({ dir, ops: values.texts("ops") });
  printFindings(report, terminal.err);
  if (!report.conf) return ExitCode.failed;
  const plan = planServer(report.conf, registries.ops);
  terminal.out.write(values.bool("mermaid") ? renderMermaid(plan) : renderOutline(plan, terminal.out));
  return ExitCode.ok;
}
