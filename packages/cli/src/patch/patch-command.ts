import type { Command } from "../command.js";
import type { FlagTable } from "../flags/flag.js";

const flags: FlagTable = {
  out: { kind: "text", value: "DIR", help: "folder for the model" },
};

export const patchCommand: Command = {
  name: "patch",
  summary: "apply a patch to a model",
  usage: "patch BASE PATCH --out DIR",
  description:
    "Writes the model that comes out when a patch, a folder that paddlewheel diff wrote, is applied to a model, a file or a " +
    "model folder. A server does the same by itself when it loads a version that is a patch.",
  groups: [{ title: "Output", flags }],
  examples: ["paddlewheel patch models/uci/2 models/uci/3 --out whole"],
  maxPositionals: 2,
  // What it needs takes half a second to load, which help and hints need not wait for.
  run: async (call) => (await import("./patch.js")).patch(call),
};
