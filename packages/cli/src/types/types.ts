import { writeFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import { readModelReport } from "../inspect/read-model-report.js";
import { UsageError } from "../usage-error.js";
import { interfaceName, isInterfaceName, renderTypes } from "./render-types.js";

/** Runs `paddlewheel types`. */
export async function types({ values, positionals, terminal }: CommandCall): Promise<ExitCode> {
  const [path] = positionals;
  if (path === undefined) throw new UsageError("types: name the model: an .onnx file, or its folder");
  const report = await readModelReport(path);
  const folder = basename(dirname(resolve(report.file)));
  const name = values.text("name") ?? interfaceName(folder);
  if (!isInterfaceName(name)) {
    throw new UsageError(`--name: ${JSON.stringify(name)} is no name for an interface`);
  }
  const text = renderTypes(report, name);
  const file = values.text("out");
  if (file === undefined) {
    terminal.out.write(text);
  } else {
    writeFileSync(file, text);
    terminal.err.write(`wrote ${name} to ${file}\n`);
  }
  return ExitCode.ok;
}
