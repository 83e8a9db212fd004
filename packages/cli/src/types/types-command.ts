import type { Command } from "../command.js";
import type { FlagTable } from "../flags/flag.js";

const flags: FlagTable = {
  name: { kind: "text", value: "NAME", default: "of the folder", help: "name of the TypeScript interface" },
  json: { kind: "bool", help: "write names, types and shapes as JSON instead, as BrowserClient takes it" },
  out: { kind: "text", value: "FILE", default: "standard output", help: "file to write" },
};

export const typesCommand: Command = {
  name: "types",
  summary: "write the TypeScript types of what a model takes and gives",
  usage: "types MODEL [flags]",
  description:
    "Reads a model folder, or an ONNX file, and writes an interface with its feeds and fetches by alias name. Give it " +
    "to new Client<Name>() or to the tensors of an Op, and a wrong name or element type does not compile. " +
    "With --json a folder with a serving_client_conf is enough.",
  groups: [{ title: "Output", flags }],
  examples: [
    "paddlewheel types ./uci_housing_model",
    "paddlewheel types ./uci_housing_model --name Housing --out src/housing.ts",
    "paddlewheel types ./uci_housing_client --json --out public/housing.json",
  ],
  maxPositionals: 1,
  // What it needs takes half a second to load, which help and hints need not wait for.
  run: async (call) => (await import("./types.js")).types(call),
};
