import { fileURLToPath } from "node:url";
import type { Workload } from "../workloads/workload.js";
import type { Contender } from "./contender.js";
import { writeConf } from "./paddlewheel-conf.js";
import { type RunningServer, type ServerOptions, startServer } from "./server-process.js";

const bin = fileURLToPath(new URL("../../../packages/cli/bin/paddlewheel.js", import.meta.url));
const firstElementOp = fileURLToPath(new URL("first-element-op.js", import.meta.url));

/** Our server, started as a user starts it: by its bin, and with nothing tuned. */
export const paddlewheel: Contender = {
  key: "paddlewheel",
  title: "paddlewheel, gRPC",
  protocol: "grpc",
  suites: ["linear", "mlp", "resnet50", "echo", "image"],
  start: (workload) => startPaddlewheel(workload, { key: "paddlewheel" }),
};

/** The same, called over the protocol of brpc. */
export const paddlewheelBaiduStd: Contender = {
  ...paddlewheel,
  key: "baidu_std",
  title: "paddlewheel, baidu_std",
  protocol: "baidu_std",
  start: (workload) => startPaddlewheel(workload, { key: "baidu_std", caller: "baidu_std" }),
};

const models = { protocol: "grpc", suites: ["linear", "mlp", "resnet50"] } as const;

/** On worker threads, batches formed as requests wait. */
export const pool: Contender = {
  ...models,
  key: "pool",
  title: "pool, batches",
  start: (workload) => startPaddlewheel(workload, poolSettings),
};

/** On worker threads, one run per request. */
export const poolAlone: Contender = {
  ...models,
  key: "pool-alone",
  title: "pool, no batches",
  start: (workload) => startPaddlewheel(workload, poolAloneSettings),
};

export interface PaddlewheelOptions extends Omit<ServerOptions, "workload" | "command"> {
  /** Lines of prototxt for the engine; default none, nothing tuned. */
  readonly engineLines?: readonly string[];
}

const poolSettings: PaddlewheelOptions = { key: "pool", engineLines: ['placement: "pool"'] };

export const poolAloneSettings: PaddlewheelOptions = {
  key: "pool-alone",
  engineLines: ['placement: "pool"', "batch_infer_size: 1"],
};

/** Starts our server on a workload. */
export async function startPaddlewheel(
  workload: Workload,
  { engineLines = [], ...options }: PaddlewheelOptions,
): Promise<RunningServer> {
  const conf = await writeConf(workload, options.key, engineLines);
  const ops = workload.kind === "image" ? ["--ops", firstElementOp] : [];
  return startServer({
    ...options,
    workload,
    command: (port) => [bin, "start", "--conf", conf, "--port", String(port), ...ops],
  });
}
