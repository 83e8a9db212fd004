import { join } from "node:path";
import { renderModelConf } from "@paddlewheel/conf";
import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import type { FlagValues } from "../flags/flag-values.js";
import { openModel } from "../inspect/open-model.js";
import { UsageError } from "../usage-error.js";
import { modelConfOf } from "./model-conf.js";
import { checkFoldersEmpty, writeFolders } from "./write-folders.js";

/** Runs `paddlewheel convert`. */
export async function convert({ values, positionals, terminal }: CommandCall): Promise<ExitCode> {
  const { file: modelFile, ...summary } = await openModel(modelPath(values, positionals[0]));
  const conf = modelConfOf(summary, {
    feed: values.text("feed_alias_names")?.split(","),
    fetch: values.text("fetch_alias_names")?.split(","),
  });
  const server = values.text("serving_server") ?? "serving_server";
  const client = values.text("serving_client") ?? "serving_client";
  if (!values.bool("force")) await checkFoldersEmpty({ server, client });
  await writeFolders({ modelFile, summary, conf, server, client });
  terminal.err.write(`paddlewheel: wrote ${server} and ${client}\n`);
  if (values.bool("show_proto")) terminal.out.write(renderModelConf(conf).prototxt);
  return ExitCode.ok;
}

function modelPath(values: FlagValues, positional: string | undefined): string {
  const folder = values.text("dirname");
  const file = values.text("model_filename");
  const path = positional ?? folder;
  if (path === undefined) throw new UsageError("convert: name the model: an .onnx file, or its folder");
  return positional === undefined && file !== undefined ? join(path, file) : path;
}
