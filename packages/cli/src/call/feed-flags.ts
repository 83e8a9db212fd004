import type { FlagTable } from "../flags/flag.js";

/** What to send and what to ask for; of every command that calls a model, or another service. */
export const feedFlags: FlagTable = {
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
  log_id: { kind: "int", value: "N", default: "0", help: "number for the server's log lines" },
};
