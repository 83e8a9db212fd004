import type { Command } from "../command.js";
import { feedFlags } from "./feed-flags.js";
import { targetFlags } from "./target-flags.js";

export const callCommand: Command = {
  name: "call",
  summary: "call a model on a server, and print what it gives",
  usage: "call HOST --feed NAME=JSON... [flags]",
  description:
    "Sends one request to a model and prints the outputs as JSON, lists in lists by alias name; or with --proto and --request to any service, and " +
    "prints the response. HOST is host:port, or grpc://, grpcs://, http://, https:// " +
    "or baidu_std:// with one, which says the protocol as well, or list:// or file:// with several. Ends with 1 when the call fails.",
  groups: [
    { title: "Request", flags: feedFlags },
    { title: "Server", flags: targetFlags },
  ],
  examples: [
    "paddlewheel call 127.0.0.1:9393 --feed x=@house.json --fetch price",
    "paddlewheel call baidu_std://127.0.0.1:9393 --feed 'ids:int64=[3, 1, 4]' 'mask=[1, 1, 0]'",
    "paddlewheel call http://127.0.0.1:8010 --proto echo.proto --request '{\"a\": 7}'",
    "paddlewheel call https://models.example --token_file token --model ./uci_housing_client --feed x=@house.json",
  ],
  maxPositionals: 1,
  // What it needs is of no use to help and hints.
  run: async (given) => (await import("./call.js")).call(given),
};
