import { resolve } from "node:path";
import { nearestNameHint } from "@paddlewheel/core";
import { type ConfReport, checkServerConf } from "../check-server-conf.js";
import { Findings } from "../diagnostic.js";
import { type ConfFiles, diskFiles, overlayFiles } from "../files/conf-files.js";
import type { KnownNames } from "../known-names.js";
import { renderServeFiles, serveFolder } from "./render-serve-conf.js";
import { flagPlace } from "./serve-dag.js";
import type { ServeOptions } from "./serve-options.js";

export interface CheckServeOptions extends ServeOptions {
  readonly known: KnownNames;
  /** What relative paths start from, the process's own working directory by default. */
  readonly cwd?: string;
  /** Where models are read from, this machine's disk by default. */
  readonly files?: ConfFiles;
}

/**
 * The configuration `serve` starts with: renders the conf files of the flags in memory and resolves those, so that a
 * server started by flags and one started from the same files written down are the same. Touches the disk only to read
 * the model folders.
 */
export function checkServeConf(options: CheckServeOptions): ConfReport {
  const cwd = resolve(options.cwd ?? process.cwd());
  const files = options.files ?? diskFiles;
  const findings = new Findings();
  const rendered = renderServeFiles(options, { cwd, dir: cwd, files, findings });
  checkOps(options, findings);
  if (findings.hasFaults) {
    return { conf: undefined, faults: findings.faults, warnings: findings.warnings };
  }
  const dir = resolve(cwd, serveFolder(options));
  const texts = new Map([...rendered].map(([file, text]) => [resolve(dir, file), text]));
  return checkServerConf({ dir, cwd, known: options.known, files: overlayFiles(texts, files) });
}

/** The same check as that of the workflow, pointing at the flag. */
function checkOps({ ops = [], known }: CheckServeOptions, findings: Findings): void {
  for (const op of ops) {
    const [type = ""] = op.split(":", 1);
    if (known.opTypes.has(type)) continue;
    const hint = nearestNameHint(type, known.opTypes.keys());
    findings.fault(flagPlace("--op"), `no Op type named "${type}"${hint}`);
  }
}
