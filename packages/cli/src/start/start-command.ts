import type { Command } from "../command.js";
import { tableOf } from "../flags/flag.js";
import type { FlagValues } from "../flags/flag-values.js";
import { runInProcesses } from "../run/run-in-processes.js";
import { readFlagfile } from "./read-flagfile.js";
import { startGroups } from "./start-flags.js";

export const startCommand: Command = {
  name: "start",
  summary: "serve what the conf files of a folder say",
  usage: "start --conf DIR [flags]",
  description:
    "Serves the workflows that the conf files describe, prototxt or YAML, and takes the flags of Paddle Serving's C++ " +
    "server, also with one dash and from a flagfile.",
  groups: startGroups,
  examples: ["paddlewheel start --conf conf --port 9393", "paddlewheel start --flagfile=proj.conf"],
  maxPositionals: 0,
  // What it needs takes half a second to load, which help and hints need not wait for.
  run: async (call) =>
    runInProcesses({
      values: withFlagfile(call.values),
      terminal: call.terminal,
      run: async (process) => (await import("./start.js")).start(call, process),
    }),
};

function withFlagfile(own: FlagValues): FlagValues {
  return own.over(readFlagfile(tableOf(startGroups), own.text("flagfile")));
}
