import type { CallerName } from "../load/callers.js";
import type { Contender, ProtocolName } from "./contender.js";
import { startPaddlewheel } from "./paddlewheel.js";

/** The clients call our server, each a server of its own; only what the client costs is measured. */
export const clientGrpcJs: Contender = createClient("client-grpc-js", "grpc-js client", "grpc");
export const ourGrpcClient: Contender = createClient("client-grpc", "our grpc client", "grpc");
export const ourBaiduStdClient: Contender = createClient(
  "client-baidu_std",
  "our baidu_std client",
  "baidu_std",
);

function createClient(
  key: string,
  title: Extract<CallerName, `${string} client`>,
  protocol: ProtocolName,
): Contender {
  return {
    key,
    title,
    protocol,
    suites: ["client"],
    start: (workload) => startPaddlewheel(workload, { key, caller: title, isCallerMeasured: true }),
  };
}
