import { join } from "node:path";
import { renderModelConf } from "@paddlewheel/conf";
import type { Command, CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import type { FlagTable } from "../flags/flag.js";
import type { FlagValues } from "../flags/flag-values.js";
import { openModel } from "../inspect/open-model.js";
import { UsageError } from "../usage-error.js";
import { modelConfOf } from "./model-conf.js";
import { checkFoldersEmpty, writeFolders } from "./write-folders.js";

const modelFlags: FlagTable = {
  dirname: { kind: "text", value: "DIR", help: "folder of the model, in place of MODEL" },
  model_filename: {
    kind: "text",
    value: "FILE",
    help: "file in --dirname",
    default: "model.onnx, or the only .onnx file",
  },
  feed_alias_names: {
    kind: "text",
    value: "A,B",
    default: "the model's own names",
    help: "names for clients, in the order of the inputs",
  },
  fetch_alias_names: {
    kind: "text",
    value: "A,B",
    default: "the model's own names",
    help: "names for clients, in the order of the outputs",
  },
};

const outputFlags: FlagTable = {
  serving_server: { kind: "text", value: "DIR", default: "serving_server", help: "folder for the server" },
  serving_client: { kind: "text", value: "DIR", default: "serving_client", help: "folder for clients" },
  force: { kind: "bool", help: "write into folders that are not empty" },
  show_proto: { kind: "bool", help: "print the conf as well" },
};

const ignoredFlags: FlagTable = {
  params_filename: {
    kind: "text",
    help: "",
    ignored: "an ONNX file holds its weights, or names their files",
  },
};

export const convertCommand: Command = {
  name: "convert",
  summary: "make the server's and the client's folder of an ONNX model",
  usage: "convert MODEL [flags]",
  description:
    "Copies an ONNX model, and weights it keeps in other files of its folder, to a folder that can be served, and " +
    "writes the conf files of server and client. MODEL is a file, or a folder with a model.onnx or one other .onnx file.",
  groups: [
    { title: "Model", flags: modelFlags },
    { title: "Output", flags: outputFlags },
    { title: "Accepted without effect", flags: ignoredFlags },
  ],
  examples: [
    "paddlewheel convert model.onnx --feed_alias_names x --fetch_alias_names price",
    "paddlewheel convert --dirname ./exported --serving_server ./server --serving_client ./client",
  ],
  maxPositionals: 1,
  run: convert,
};

async function convert({ values, positionals, terminal }: CommandCall): Promise<ExitCode> {
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
