import { feedFlags } from "../call/feed-flags.js";
import { targetFlags } from "../call/target-flags.js";
import type { Command } from "../command.js";
import { loadFlags } from "./bench-flags.js";

export const benchCommand: Command = {
  name: "bench",
  summary: "put load on a model on a server, and tell how long calls take",
  usage: "bench HOST --feed NAME=JSON... [flags]",
  description:
    "Sends one request again and again and prints calls a second, latencies, and errors by code. --concurrency keeps so many calls in flight; " +
    "--rate sends so many a second, as callers do who know nothing of each other, and a server that stands still shows in every call that was due " +
    "meanwhile. Calls are not retried. HOST is as call has it. One process calls: where it needs its whole core, the server may do better than it " +
    "tells. Ends with 1 when a call fails.",
  groups: [
    { title: "Load", flags: loadFlags },
    { title: "Request", flags: feedFlags },
    { title: "Server", flags: targetFlags },
  ],
  examples: [
    "paddlewheel bench 127.0.0.1:9393 -c 64 -d 10s --feed x=@house.json",
    "paddlewheel bench baidu_std://127.0.0.1:9393 --rate 500 --feed x=@house.json --json",
  ],
  maxPositionals: 1,
  // What it needs is of no use to help and hints.
  run: async (given) => (await import("./bench.js")).bench(given),
};
