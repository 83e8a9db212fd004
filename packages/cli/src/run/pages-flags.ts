import type { FlagTable } from "../flags/flag.js";

/** What a server shows of itself, and where; of every command that starts one. */
export const pagesFlags: FlagTable = {
  pages: {
    kind: "text",
    value: "SET",
    default: "all",
    choices: ["all", "metrics", "health"],
    help: "pages to have beside those of health: all, metrics or, with health, none",
  },
  internal_port: {
    kind: "int",
    value: "PORT",
    default: "none, pages are on the port of the services",
    max: 65_535,
    help: "port for the pages; that of the services refuses them then, but for those of health. 0 takes any free one",
  },
  internal_host: {
    kind: "text",
    value: "HOST",
    default: "127.0.0.1",
    help: "address to listen on with --internal_port; whoever reaches it sees every page",
  },
  reloadable_flags: {
    kind: "bool",
    help: "let who has a token for admin change log_level and max_concurrency, by POST /flags/NAME?setvalue=VALUE",
  },
};
