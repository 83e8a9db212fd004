import type { Flag, FlagTable } from "../flags/flag.js";

/** What to send to a model, and what to ask it for. */
export const modelFlags: FlagTable = {
  feed: {
    kind: "texts",
    value: "NAME[:TYPE]=JSON",
    help: "values by alias name, as JSON or as @FILE that holds it; TYPE is float32 for numbers unless given",
  },
  fetch: { kind: "texts", value: "NAME", default: "all", help: "alias names of the outputs wanted" },
  model: {
    kind: "texts",
    value: "PATH",
    default: "none, the feeds say their types themselves",
    help: "serving_client_conf files, or folders with one: gives types and shapes, and checks names before the call",
  },
  batch: { kind: "bool", help: "values have the batch axis in front already; else each is one sample" },
};

export const logIdFlag: Flag = {
  kind: "int",
  value: "N",
  default: "0",
  help: "number for the server's log lines",
};

/** The same for commands that are told of another service by its .proto. */
export const feedFlags: FlagTable = {
  ...modelFlags,
  proto: {
    kind: "text",
    value: "FILE",
    default: "none, the messages are those of GeneralModelService",
    help: ".proto of a service with messages of its own, which --request is for",
  },
  request: {
    kind: "text",
    value: "JSON",
    help: "message for a service of --proto, as JSON or as @FILE that holds it",
  },
  method: { kind: "text", value: "NAME", default: "inference", help: "method of a service of --proto" },
  log_id: logIdFlag,
};
