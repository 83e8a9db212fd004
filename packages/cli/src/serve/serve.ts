import { statSync } from "node:fs";
import { checkServeConf, formatDiagnostic, type ServeOptions, type ServerConf } from "@paddlewheel/conf";
import { createRegistries, type GrpcEngine, knownNames, type LogLevel } from "@paddlewheel/server";
import type { JoinedProcess } from "@paddlewheel/server/processes";
import type { CommandCall } from "../command.js";
import { ExitCode } from "../exit-code.js";
import { tableOf } from "../flags/flag.js";
import type { FlagValues } from "../flags/flag-values.js";
import { given } from "../flags/given.js";
import { limitsOf } from "../run/limits-of.js";
import { modelCacheOf } from "../run/model-cache-of.js";
import { modelKeyOf } from "../run/model-key-of.js";
import { pagesOf } from "../run/pages-of.js";
import { importFlagged } from "../run/read-conf.js";
import { reloadIntervalMs } from "../run/reload-interval.js";
import { runServer } from "../run/run-server.js";
import { securityOf } from "../run/security-of.js";
import { tracingOf } from "../run/trace-export.js";
import { UsageError } from "../usage-error.js";
import { serveGroups } from "./serve-flags.js";
import { writeServeConf } from "./write-serve-conf.js";

const table = tableOf(serveGroups);

/** Paddle Serving's own for this command. */
const defaultMaxBodySize = 512 * 1024 * 1024;

/** Runs `paddlewheel serve`; as one of several processes, when a supervisor has started it. */
export async function serve(
  { values, positionals, terminal }: CommandCall,
  process?: JoinedProcess,
): Promise<ExitCode> {
  checkAction(positionals[0]);
  const models = values.texts("model") ?? [];
  checkModels(models);
  const registries = createRegistries();
  const opFaults = await importFlagged(values.texts("ops"), registries);
  const options = { models, known: knownNames(registries), ...serveOptions(values) };
  const report = checkServeConf(options);
  if (!report.conf || opFaults.length > 0) {
    for (const fault of [...opFaults, ...report.faults]) terminal.err.write(`${formatDiagnostic(fault)}\n`);
    return ExitCode.failed;
  }
  const conf = withWebService(report.conf, values.text("name"));
  if (values.has("workdir")) terminal.err.write(`paddlewheel: wrote ${writeServeConf(options)}\n`);
  return runServer(
    {
      conf,
      port: values.int("port") ?? 9393,
      registries,
      process,
      limits: limitsOf(values, defaultMaxBodySize),
      ...tracingOf(values),
      ...securityOf(values),
      ...pagesOf(values, table),
      ...modelCacheOf(values),
      ...modelKeyOf(),
      ...given({
        host: values.text("host"),
        threadNum: values.int("thread"),
        reloadIntervalMs: reloadIntervalMs(values),
        requestCacheSize: values.int("request_cache_size"),
        opThreadNum: values.int("op_threads"),
        // Of each one of the flag's choices.
        logLevel: values.text("log_level") as LogLevel | undefined,
        grpc: values.text("grpc") as GrpcEngine | undefined,
      }),
    },
    terminal,
  );
}

/** Paddle's other actions find their server by a file in the working directory; there is none here. */
function checkAction(action = "start"): void {
  if (action === "start") return;
  const instead = new Map([
    ["stop", "a server runs in the foreground: end it with Ctrl-C, or send SIGTERM to its process"],
    ["kill", "a server runs in the foreground: send SIGKILL to its process"],
    ["check", "use paddlewheel check CONF_DIR for conf, paddlewheel inspect DIR for a model"],
  ]);
  throw new UsageError(`serve ${action}: ${instead.get(action) ?? "the only action is start"}`);
}

function checkModels(models: readonly string[]): void {
  if (models.length === 0) throw new UsageError("serve: --model is missing: name the folder of a model");
  for (const model of models) {
    const status = statSync(model, { throwIfNoEntry: false });
    if (!status) throw new Error(`--model: there is no folder ${model}`);
    if (!status.isDirectory()) throw new Error(`--model: ${model} is a file; name the folder it lies in`);
  }
}

function serveOptions(values: FlagValues): Partial<ServeOptions> {
  return given({
    ops: values.texts("op"),
    port: values.int("port"),
    workdir: values.text("workdir"),
    runtimeThreadNum: values.ints("runtime_thread_num"),
    batchInferSize: values.ints("batch_infer_size"),
    gpuIds: values.texts("gpu_ids"),
    useTrt: values.bool("use_trt"),
    memOptimOff: values.bool("mem_optim_off"),
    useEncryptionModel: values.bool("use_encryption_model"),
    keyFile: values.text("model_key_file"),
    cpuMathThreadNum: values.int("cpu_math_thread_num"),
    ...writtenOptions(values),
  });
}

/** Nothing here reads these; with them the written conf files are those that Paddle Serving would write. */
function writtenOptions(values: FlagValues): Partial<ServeOptions> {
  return given({
    minSubgraphSize: values
      .texts("min_subgraph_size")
      ?.map((size) => (/^\d+$/.test(size) ? Number(size) : 3)),
    irOptim: values.bool("ir_optim"),
    useLite: values.bool("use_lite"),
    useXpu: values.bool("use_xpu"),
    useAscendCl: values.bool("use_ascend_cl"),
    gpuMultiStream: values.bool("gpu_multi_stream"),
    productName: values.text("product_name"),
    containerId: values.text("container_id"),
  });
}

function withWebService(conf: ServerConf, name: string | undefined): ServerConf {
  if (name === undefined) return conf;
  if (!/^[\w.-]+$/.test(name)) {
    throw new UsageError(`--name must be letters, digits, ".", "_" and "-", not ${JSON.stringify(name)}`);
  }
  return { ...conf, services: conf.services.map((service) => ({ ...service, webService: name })) };
}
