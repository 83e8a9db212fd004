import { type FlagGroup, type FlagTable, ignoredFlag } from "../flags/flag.js";
import { pagesFlags } from "../run/pages-flags.js";
import { processesFlags } from "../run/processes-flags.js";
import { securityFlags } from "../run/security-flags.js";
import { serverFlags } from "../run/server-flags.js";

const onlyCpu = "models run on the CPU, by ONNX Runtime";
const alwaysOn = "it is always so";
const noCube = "there is no parameter cube";
const oneLog = "log lines go to standard output, as JSON; see --log_level";

const conf: FlagTable = {
  conf: { kind: "text", value: "DIR", default: "./conf", help: "folder of the conf files" },
  flagfile: {
    kind: "text",
    value: "FILE",
    help: "more flags, one --flag=value a line, # for comments; those of the command line win",
  },
  workflow_path: { kind: "text", value: "DIR", help: "as --conf, which all three paths must name" },
  workflow_file: { kind: "text", value: "FILE", default: "workflow.prototxt", help: "only the usual name" },
  inferservice_path: { kind: "text", value: "DIR", help: "as --conf" },
  inferservice_file: {
    kind: "text",
    value: "FILE",
    default: "infer_service.prototxt",
    help: "only the usual name, or service.prototxt",
  },
  resource_path: { kind: "text", value: "DIR", help: "as --conf" },
  resource_file: { kind: "text", value: "FILE", default: "resource.prototxt", help: "only the usual name" },
};

const server: FlagTable = {
  port: {
    kind: "int",
    value: "PORT",
    default: "that of the conf, else 8010",
    max: 65_535,
    help: "port to listen on, over the conf's; 0 takes any free one. In a flagfile the conf's port wins",
  },
  num_threads: {
    kind: "int",
    value: "N",
    default: "0, one per core",
    max: 1024,
    help: "worker threads of a model that needs some and has no runtime_thread_num",
  },
  use_parallel_infer_service: {
    kind: "bool",
    help: "services run their workflows side by side unless conf says parallel: false",
  },
  max_body_size: {
    kind: "int",
    value: "BYTES",
    default: "67108864",
    min: 1,
    help: "largest message in bytes, also after unpacking",
  },
};

const ignored: FlagTable = {
  enable_model_toolkit: ignoredFlag("bool", alwaysOn, "true"),
  enable_general_model: ignoredFlag("bool", alwaysOn, "true"),
  enable_protocol_list: ignoredFlag("text", "the port speaks every protocol there is"),
  enable_cube: ignoredFlag("bool", noCube),
  enable_prometheus: ignoredFlag("bool", "metrics are always there: GET /metrics"),
  prometheus_port: ignoredFlag(
    "text",
    "metrics are on the service's port, or on --internal_port: GET /metrics",
  ),
  general_model_path: ignoredFlag("text", "resource.prototxt names these files"),
  general_model_file: ignoredFlag("text", "resource.prototxt names these files"),
  bthread_concurrency: ignoredFlag("text", "there are no bthreads; --num_threads counts"),
  precision: ignoredFlag("text", "a model runs in the precision it was exported in", "fp32"),
  use_calib: ignoredFlag("bool", "calibrate the model before it is exported"),
  gpuid: ignoredFlag("text", onlyCpu, "0"),
  nnadapter_device_names: ignoredFlag("text", onlyCpu),
  nnadapter_context_properties: ignoredFlag("text", onlyCpu),
  nnadapter_model_cache_dir: ignoredFlag("text", onlyCpu),
  logger_path: ignoredFlag("text", oneLog),
  logger_file: ignoredFlag("text", oneLog),
  log_dir: ignoredFlag("text", oneLog),
  el_log_level: ignoredFlag("text", oneLog),
  minloglevel: ignoredFlag("text", oneLog),
  v: ignoredFlag("text", oneLog),
  g: ignoredFlag("bool", "paddlewheel --version tells the version"),
  tryfromenv: ignoredFlag("text", "flags are not read from the environment"),
};

/** Source: the gflags of Paddle Serving's C++ server, core/predictor/common/constant.cpp, and of brpc and glog. */
export const startGroups: readonly FlagGroup[] = [
  { title: "Conf", flags: conf },
  { title: "Server", flags: { ...server, ...serverFlags } },
  { title: "Processes", flags: processesFlags },
  { title: "Pages", flags: pagesFlags },
  { title: "Security", flags: securityFlags },
  { title: "Accepted without effect", flags: ignored },
];
