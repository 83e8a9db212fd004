import { fileURLToPath } from "node:url";
import type { Workload } from "../workloads/workload.js";
import type { Contender } from "./contender.js";
import { startServer } from "./server-process.js";

/** What somebody writes who has a model, grpc-js and an hour. */
export const grpcJs: Contender = {
  key: "grpc-js",
  title: "grpc-js by hand",
  protocol: "grpc",
  suites: ["linear", "mlp", "resnet50", "echo", "image"],
  start: (workload) =>
    startServer({
      key: "grpc-js",
      workload,
      command: (port) => [process.execPath, ...serverArguments(workload, String(port))],
    }),
};

function serverArguments(workload: Workload, port: string): readonly string[] {
  const module = fileURLToPath(new URL(`grpc-js-${workload.kind}-server.js`, import.meta.url));
  return workload.kind === "model" ? [module, port, workload.file] : [module, port];
}
