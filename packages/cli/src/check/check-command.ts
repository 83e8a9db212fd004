import type { Command } from "../command.js";
import type { Flag } from "../flags/flag.js";
import { opsFlag } from "../run/server-flags.js";

const predictorsFlag: Flag = {
  kind: "text",
  value: "FILE",
  help: "conf of a client, predictors.prototxt or its twin in YAML, or the folder it is in",
};

export const checkCommand: Command = {
  name: "check",
  summary: "check the conf files of a folder and list every fault",
  usage: "check [CONF_DIR] [flags]",
  description:
    "Reads infer_service, workflow, resource and what they name, starts nothing, and prints a line for every fault and " +
    "warning: file:line field: what is wrong. With --predictors " +
    "the conf of a client is read as well, or alone. Ends with 1 when there is a fault.",
  groups: [{ title: "Conf", flags: { ops: opsFlag, predictors: predictorsFlag } }],
  examples: ["paddlewheel check conf", "paddlewheel check --predictors conf/predictors.prototxt"],
  maxPositionals: 1,
  // What it needs takes half a second to load, which help and hints need not wait for.
  run: async (call) => (await import("./check.js")).check(call),
};
