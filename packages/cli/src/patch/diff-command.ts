import type { Command } from "../command.js";
import type { FlagTable } from "../flags/flag.js";

const flags: FlagTable = {
  out: { kind: "text", value: "DIR", default: "none is written", help: "folder of the patch" },
  base_version: {
    kind: "text",
    value: "N",
    default: "that of OLD, where its folder is one",
    help: "version the patch is for; without one it is for the next lower one",
  },
};

export const diffCommand: Command = {
  name: "diff",
  summary: "tell which weights of a model changed, and write them as a patch",
  usage: "diff OLD NEW [flags]",
  description:
    "Compares two models of one graph, files or model folders, weight by weight, and tells how much changed. The patch it " +
    "writes is a version of the model like any other: put its folder beside that of OLD. Neither model is in memory as " +
    "a whole.",
  groups: [{ title: "Output", flags }],
  examples: ["paddlewheel diff models/uci/2 new/model.onnx --out models/uci/3"],
  maxPositionals: 2,
  // What it needs takes half a second to load, which help and hints need not wait for.
  run: async (call) => (await import("./diff.js")).diff(call),
};
