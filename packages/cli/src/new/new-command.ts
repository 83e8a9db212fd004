import type { Command } from "../command.js";
import type { FlagTable } from "../flags/flag.js";

const flags: FlagTable = {
  name: {
    kind: "text",
    value: "NAME",
    default: "of the folder",
    help: "name of the package and the service",
  },
};

export const newCommand: Command = {
  name: "new",
  summary: "write a project with an Op of its own, ready to run",
  usage: "new DIR [flags]",
  description:
    "Writes a project in TypeScript into a folder that is not there yet, or is empty: an Op with its unit test, the conf " +
    "of a workflow that runs it after a small model, and a Dockerfile. Its README tells how it is run and called.",
  groups: [{ title: "Project", flags }],
  examples: ["paddlewheel new my-server", "paddlewheel new services/ranking --name shop-ranking"],
  maxPositionals: 1,
  // What it needs takes half a second to load, which help and hints need not wait for.
  run: async (call) => (await import("./new-project.js")).newProject(call),
};
