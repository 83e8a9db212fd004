import type { Command } from "../command.js";
import { type FlagTable, ignoredFlag } from "../flags/flag.js";

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
  params_filename: ignoredFlag("text", "an ONNX file holds its weights, or names their files"),
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
  // What it needs takes half a second to load, which help and hints need not wait for.
  run: async (call) => (await import("./convert.js")).convert(call),
};
