import type { FlagTable } from "../flags/flag.js";

/** In how many processes a server runs; of every command that starts one. */
export const processesFlags: FlagTable = {
  processes: {
    kind: "text",
    value: "N",
    default: "none, the command serves itself",
    help: "processes that serve on the same port, replaced when they die, and by new ones on SIGHUP; auto is one per core",
  },
  stuck_process_ms: {
    kind: "int",
    value: "MS",
    default: "5000",
    max: 3_600_000,
    help: "milliseconds the event loop of such a process may stand still before it is killed and replaced; 0, for ever",
  },
};
