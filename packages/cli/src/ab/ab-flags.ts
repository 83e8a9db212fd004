import { logIdFlag, modelFlags } from "../call/feed-flags.js";
import type { FlagTable } from "../flags/flag.js";

/** Which variants to call, and how often. */
export const trialFlags: FlagTable = {
  predictors: {
    kind: "text",
    value: "FILE",
    default: "predictors.prototxt",
    help: "conf of a client, or the folder of one: the variants, their weights and servers",
  },
  endpoint: {
    kind: "text",
    value: "NAME",
    default: "the only one",
    help: "name of the predictor in the conf",
  },
  split: { kind: "text", value: "NAME", help: "candidate of variants with a split_conf" },
  calls: {
    kind: "int",
    short: "n",
    value: "N",
    default: "1000",
    help: "calls to make in all; -n does as well",
    min: 1,
    max: 10_000_000,
  },
  concurrency: {
    kind: "int",
    short: "c",
    value: "N",
    default: "8",
    help: "calls in flight; -c does as well",
    min: 1,
    max: 10_000,
  },
  tolerance: {
    kind: "text",
    value: "NUMBER",
    default: "0.0001",
    help: "by how much numbers with a fraction may differ to be equal, or by which share of the larger one",
  },
  json: { kind: "bool", help: "as JSON" },
};

/** What to send; the .proto of a service is named in the conf. */
export const requestFlags: FlagTable = {
  ...modelFlags,
  request: {
    kind: "text",
    value: "JSON",
    help: "message for a service with a proto_file, as JSON or as @FILE that holds it",
  },
  method: {
    kind: "text",
    value: "NAME",
    default: "inference",
    help: "method of a service with a proto_file",
  },
  log_id: logIdFlag,
};
