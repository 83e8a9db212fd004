import { inferencePath } from "../workloads/bench-service.js";
import { checkAnswer, checkMessage } from "./answer-check.js";
import { BaiduStdConnection } from "./baidu-std-connection.js";
import type { Caller } from "./caller.js";
import { GrpcJsConnection } from "./grpc-js-connection.js";
import { prefixLength } from "./length-prefix.js";
import { SdkConnection } from "./sdk-connection.js";
import { UnaryConnection } from "./unary-connection.js";

/** Our loaders by the protocol they speak, and the clients that are measured themselves. */
export type CallerName = "grpc" | "baidu_std" | "grpc-js client" | "our grpc client" | "our baidu_std client";

/** For those that take and give the bare message. */
const bare: Pick<Caller, "frame" | "check"> = {
  frame: ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength),
  check: checkMessage,
};

export const callers: Readonly<Record<CallerName, Caller>> = {
  grpc: {
    open: ({ port, service }) => UnaryConnection.open({ port, path: inferencePath(service) }),
    frame: prefixLength,
    check: checkAnswer,
  },
  baidu_std: { ...bare, open: BaiduStdConnection.open },
  "grpc-js client": { ...bare, open: async (target) => new GrpcJsConnection(target) },
  "our grpc client": { ...bare, open: async (target) => new SdkConnection("grpc", target) },
  "our baidu_std client": { ...bare, open: async (target) => new SdkConnection("baidu_std", target) },
};
