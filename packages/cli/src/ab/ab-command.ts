import type { Command } from "../command.js";
import { requestFlags, trialFlags } from "./ab-flags.js";

export const abCommand: Command = {
  name: "ab",
  summary: "call the variants of an A/B test, and tell how they differ",
  usage: "ab report --feed NAME=JSON... [flags]",
  description:
    "Sends one request again and again to an endpoint of a client's conf, as its clients would, and prints for each variant: its share of the calls " +
    "beside that of its weight, with a verdict whether it is within 3 sigma, errors by code, latencies of answers and answers a second, and how many " +
    "answers are equal to that of the variant with the most calls; of a shadow, what its copies brought. Before that each variant is called once, which does not count. Ends with 1 when a " +
    "call fails; that answers differ, or a share is off, fails nothing.",
  groups: [
    { title: "Trial", flags: trialFlags },
    { title: "Request", flags: requestFlags },
  ],
  examples: [
    "paddlewheel ab report --predictors conf/predictors.prototxt --endpoint general_model --feed x=@house.json -n 1000 -c 8",
    "paddlewheel ab report --predictors predictors.yaml --request '{\"a\": 7}' --json",
  ],
  maxPositionals: 1,
  // What it needs is of no use to help and hints.
  run: async (given) => (await import("./ab.js")).ab(given),
};
