import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadModelConf } from "@paddlewheel/conf";
import type { ModelConf } from "@paddlewheel/core";
import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import { UsageError } from "../usage-error.js";
import { toReport } from "./model-report.js";
import { openModel } from "./open-model.js";
import { renderModel } from "./render-model.js";

/** Runs `paddlewheel inspect`. */
export async function inspect({ values, positionals, terminal: { out } }: CommandCall): Promise<ExitCode> {
  const [path] = positionals;
  if (path === undefined) throw new UsageError("inspect: name the model: an .onnx file, or its folder");
  const model = await openModel(path);
  const report = toReport(model, confBeside(model.file));
  out.write(values.bool("json") ? `${JSON.stringify(report, undefined, 2)}\n` : renderModel(report, out));
  return ExitCode.ok;
}

/** Aliases are written in the conf that lies with the model, where there is one. */
function confBeside(modelFile: string): ModelConf | undefined {
  const path = dirname(modelFile);
  const name = "serving_server_conf";
  const hasConf = [".prototxt", ".yaml", ".yml"].some((extension) =>
    existsSync(join(path, name + extension)),
  );
  return hasConf ? loadModelConf({ path, name }) : undefined;
}
