import type { Command } from "../command.js";
import type { FlagTable } from "../flags/flag.js";

const flags: FlagTable = {
  conf: {
    kind: "text",
    value: "DIR",
    default: "none, the defaults are shown",
    help: "folder of the conf whose engines run the model: tells how they open it",
  },
  run: {
    kind: "bool",
    help: "load and run the model: tells where it is placed and whether requests merge, and why",
  },
  json: { kind: "bool", help: "as JSON" },
};

export const inspectCommand: Command = {
  name: "inspect",
  summary: "tell what a model takes, gives and consists of",
  usage: "inspect MODEL [flags]",
  description:
    "Reads an ONNX file, or the one of a model folder, without loading it unless --run says so, and prints names, aliases, types and shapes " +
    "of what it takes and gives, its operators, parameters and size, and how a session on it is opened.",
  groups: [{ title: "Output", flags }],
  examples: [
    "paddlewheel inspect ./uci_housing_model",
    "paddlewheel inspect model.onnx --run",
    "paddlewheel inspect model.onnx --json",
  ],
  maxPositionals: 1,
  // What it needs takes half a second to load, which help and hints need not wait for.
  run: async (call) => (await import("./inspect.js")).inspect(call),
};
