import { writeFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import type { FlagValues } from "../flags/flag-values.js";
import { readModelReport } from "../inspect/read-model-report.js";
import { UsageError } from "../usage-error.js";
import { readClientModel } from "./read-client-model.js";
import { interfaceName, isInterfaceName, renderTypes } from "./render-types.js";

/** Runs `paddlewheel types`. */
export async function types({ values, positionals, terminal }: CommandCall): Promise<ExitCode> {
  const [path] = positionals;
  if (path === undefined) throw new UsageError("types: name the model: an .onnx file, or its folder");
  const [what, text] = values.bool("json") ? await jsonOf(path, values) : await interfaceOf(path, values);
  const file = values.text("out");
  if (file === undefined) {
    terminal.out.write(text);
  } else {
    writeFileSync(file, text);
    terminal.err.write(`wrote ${what} to ${file}\n`);
  }
  return ExitCode.ok;
}

/** What is written, and its text. */
type Written = readonly [what: string, text: string];

async function jsonOf(path: string, values: FlagValues): Promise<Written> {
  if (values.has("name")) throw new UsageError("--name is of an interface, which --json does not write");
  return ["the model", `${JSON.stringify(await readClientModel(path), undefined, 2)}\n`];
}

async function interfaceOf(path: string, values: FlagValues): Promise<Written> {
  const report = await readModelReport(path);
  const folder = basename(dirname(resolve(report.file)));
  const name = values.text("name") ?? interfaceName(folder);
  if (!isInterfaceName(name)) {
    throw new UsageError(`--name: ${JSON.stringify(name)} is no name for an interface`);
  }
  return [name, renderTypes(report, name)];
}
