import type { FlagTable } from "../flags/flag.js";

/** What to send and what to ask for; of every command that calls a model. */
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
  log_id: { kind: "int", value: "N", default: "0", help: "number for the server's log lines" },
};
