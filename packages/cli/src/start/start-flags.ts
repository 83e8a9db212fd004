import type { FlagTable } from "../flags/flag.js";

// Source: the gflags of Paddle Serving's C++ server, core/predictor/common/constant.cpp, and of brpc and glog.

const onlyCpu = "models run on the CPU, by ONNX Runtime";
const alwaysOn = "it is always so";
const noCube = "there is no parameter cube";
const oneLog = "log lines go to standard output, as JSON; see --log_level";

export const startConfFlags: FlagTable = {
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

export const startServerFlags: FlagTable = {
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
  max_body_size: {
    kind: "int",
    value: "BYTES",
    default: "67108864",
    min: 1,
    help: "largest message in bytes, also after unpacking",
  },
};

export const startIgnoredFlags: FlagTable = {
  enable_model_toolkit: { kind: "bool", help: "", ignored: alwaysOn, silentFor: ["true"] },
  enable_general_model: { kind: "bool", help: "", ignored: alwaysOn, silentFor: ["true"] },
  use_parallel_infer_service: {
    kind: "bool",
    help: "",
    ignored: 'it had none in Paddle Serving either; write workflow_type: "Parallel" in the conf',
  },
  enable_protocol_list: { kind: "text", help: "", ignored: "the port speaks every protocol there is" },
  enable_cube: { kind: "bool", help: "", ignored: noCube },
  enable_prometheus: {
    kind: "bool",
    help: "",
    ignored: "metrics are always there: GET /metrics on the service's port",
  },
  prometheus_port: { kind: "int", help: "", ignored: "metrics are on the service's port: GET /metrics" },
  request_cache_size: {
    kind: "int",
    help: "",
    ignored: "there is no request cache yet, every request runs its model",
    silentFor: ["0"],
  },
  reload_interval_s: { kind: "int", help: "", ignored: "models are not reloaded yet while the server runs" },
  general_model_path: { kind: "text", help: "", ignored: "resource.prototxt names these files" },
  general_model_file: { kind: "text", help: "", ignored: "resource.prototxt names these files" },
  bthread_concurrency: { kind: "int", help: "", ignored: "there are no bthreads; --num_threads counts" },
  precision: {
    kind: "text",
    help: "",
    ignored: "a model runs in the precision it was exported in",
    silentFor: ["fp32"],
  },
  use_calib: { kind: "bool", help: "", ignored: "calibrate the model before it is exported" },
  gpuid: { kind: "int", help: "", ignored: onlyCpu, silentFor: ["0"] },
  nnadapter_device_names: { kind: "text", help: "", ignored: onlyCpu },
  nnadapter_context_properties: { kind: "text", help: "", ignored: onlyCpu },
  nnadapter_model_cache_dir: { kind: "text", help: "", ignored: onlyCpu },
  logger_path: { kind: "text", help: "", ignored: oneLog },
  logger_file: { kind: "text", help: "", ignored: oneLog },
  log_dir: { kind: "text", help: "", ignored: oneLog },
  el_log_level: { kind: "int", help: "", ignored: oneLog },
  minloglevel: { kind: "int", help: "", ignored: oneLog },
  v: { kind: "int", help: "", ignored: oneLog },
  g: { kind: "bool", help: "", ignored: "paddlewheel --version tells the version" },
  tryfromenv: { kind: "text", help: "", ignored: "flags are not read from the environment" },
};
