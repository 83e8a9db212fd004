import type { FlagTable } from "../flags/flag.js";

/** Whom to call and how; of every command that calls a server. */
export const targetFlags: FlagTable = {
  protocol: {
    kind: "text",
    value: "NAME",
    default: "as HOST says, else grpc",
    help: "how to call: grpc, http or baidu_std",
    choices: ["grpc", "http", "baidu_std"],
  },
  service: {
    kind: "text",
    value: "NAME",
    default: "GeneralModelService of Paddle Serving, or the only one of --proto",
    help: "full name of the service, package.Service; without --proto of one with the messages of GeneralModelService",
  },
  timeout_ms: {
    kind: "int",
    value: "MS",
    default: "10000",
    help: "milliseconds a call may take, with its retries",
    min: 1,
  },
  header: { kind: "texts", value: "NAME=VALUE", help: "headers to send with each call" },
  token_file: {
    kind: "text",
    value: "FILE",
    default: "none",
    help: "file with the token the server wants, the first word in it that is not in a # comment",
    isSecret: true,
  },
  tls: { kind: "bool", help: "speak TLS; https:// and grpcs:// do so anyway" },
  tls_ca: {
    kind: "text",
    value: "FILE",
    default: "those Node trusts",
    help: "speak TLS, and trust the authorities in this file",
  },
};
