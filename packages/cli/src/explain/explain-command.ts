import type { Command } from "../command.js";
import type { FlagTable } from "../flags/flag.js";
import { opsFlag } from "../run/server-flags.js";

const flags: FlagTable = {
  mermaid: { kind: "bool", help: "as a Mermaid flowchart, for a README or a viewer" },
};

export const explainCommand: Command = {
  name: "explain",
  summary: "draw the services, workflows and engines of a conf folder",
  usage: "explain CONF_DIR [flags]",
  description:
    "Reads conf as check does, starts nothing, and draws what it says: the services with the workflows they run, the " +
    "stages of each workflow with their nodes, what a node waits for and how it is controlled, and the engines.",
  groups: [
    { title: "Conf", flags: { ops: opsFlag } },
    { title: "Output", flags },
  ],
  examples: ["paddlewheel explain conf", "paddlewheel explain conf --mermaid > workflow.mmd"],
  maxPositionals: 1,
  // What it needs takes half a second to load, which help and hints need not wait for.
  run: async (call) => (await import("./explain.js")).explain(call),
};
