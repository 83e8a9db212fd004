import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import { UsageError } from "../usage-error.js";
import { readModelReport } from "./read-model-report.js";
import { renderModel } from "./render-model.js";

/** Runs `paddlewheel inspect`. */
export async function inspect({ values, positionals, terminal: { out } }: CommandCall): Promise<ExitCode> {
  const [path] = positionals;
  if (path === undefined) throw new UsageError("inspect: name the model: an .onnx file, or its folder");
  const report = await readModelReport(path, { confDir: values.text("conf"), isRun: values.bool("run") });
  out.write(values.bool("json") ? `${JSON.stringify(report, undefined, 2)}\n` : renderModel(report, out));
  return ExitCode.ok;
}
