import type { FlagTable } from "../flags/flag.js";

/** How much to call, for how long, and how to tell. */
export const loadFlags: FlagTable = {
  concurrency: {
    kind: "int",
    short: "c",
    value: "N",
    default: "16, without --rate",
    help: "calls in flight, each answer at once followed by the next call; -c does as well",
    min: 1,
    max: 10_000,
  },
  rate: {
    kind: "int",
    value: "N",
    default: "none, --concurrency says how many",
    help: "calls a second, whatever becomes of them; latencies count from when a call was due",
    min: 1,
    max: 1_000_000,
  },
  duration: {
    kind: "text",
    short: "d",
    value: "TIME",
    default: "10s",
    help: "time to measure, such as 500ms, 10s or 2m; -d does as well",
  },
  warmup: { kind: "text", value: "TIME", default: "1s", help: "time to call before measuring begins" },
  connections: {
    kind: "int",
    value: "N",
    default: "1, by http as many as calls",
    help: "connections to a server that calls share, or by http have for themselves",
    min: 1,
    max: 10_000,
  },
  json: { kind: "bool", help: "as JSON" },
};
