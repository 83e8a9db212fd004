import type { FlagTable } from "../flags/flag.js";

// Source: the flags of Paddle Serving's `serve`, python/paddle_serving_server/serve.py.

const onlyCpu = "models run on the CPU, by ONNX Runtime";
const runtimeDecides = "ONNX Runtime decides this by itself";
const noDistribution = "a model runs in one process; a distributed Paddle model cannot be served";
const noTensorRt = "there is no TensorRT";

export const serveModelFlags: FlagTable = {
  model: {
    kind: "texts",
    value: "DIR",
    help: "folders of the models, in the order of the Ops that run them",
  },
  op: {
    kind: "texts",
    value: "OP",
    default: "one GeneralInferOp per model",
    help: "Ops between reader and response: Type, or Type:0 for one that runs no model",
  },
  name: { kind: "text", value: "NAME", help: "also answer POST /NAME/prediction, the short JSON form" },
  runtime_thread_num: {
    kind: "ints",
    value: "N",
    default: "0, decided when the model is warmed up",
    help: "worker threads of each model, in the order of --model",
  },
  batch_infer_size: {
    kind: "ints",
    value: "N",
    default: "32",
    help: "most rows of one run of each model, in the order of --model",
  },
};

export const serveServerFlags: FlagTable = {
  port: {
    kind: "int",
    value: "PORT",
    default: "9393",
    max: 65_535,
    help: "port to listen on; 0 takes any free one",
  },
  thread: {
    kind: "int",
    value: "N",
    default: "one per core",
    min: 1,
    max: 1024,
    help: "worker threads of a model that needs some and has no --runtime_thread_num",
  },
  max_body_size: {
    kind: "int",
    value: "BYTES",
    default: "536870912",
    min: 1,
    help: "largest message in bytes, also after unpacking",
  },
  workdir: {
    kind: "text",
    value: "DIR",
    default: "none are written",
    help: "also write the generated conf files, to DIR_PORT",
  },
};

export const serveIgnoredFlags: FlagTable = {
  device: { kind: "text", help: "", ignored: onlyCpu, silentFor: ["cpu"] },
  gpu_ids: { kind: "texts", help: "", ignored: onlyCpu, silentFor: ["", "-1"] },
  precision: {
    kind: "text",
    help: "",
    ignored: "a model runs in the precision it was exported in",
    silentFor: ["fp32"],
  },
  use_mkl: { kind: "bool", help: "", ignored: runtimeDecides },
  use_calib: { kind: "bool", help: "", ignored: "calibrate the model before it is exported" },
  mem_optim_off: { kind: "bool", help: "", ignored: runtimeDecides },
  ir_optim: { kind: "bool", help: "", ignored: runtimeDecides },
  use_trt: { kind: "bool", help: "", ignored: noTensorRt },
  use_lite: { kind: "bool", help: "", ignored: onlyCpu },
  use_xpu: { kind: "bool", help: "", ignored: onlyCpu },
  use_ascend_cl: { kind: "bool", help: "", ignored: onlyCpu },
  gpu_multi_stream: { kind: "bool", help: "", ignored: onlyCpu },
  gpu_memory_mb: { kind: "int", help: "", ignored: onlyCpu },
  cpu_math_thread_num: {
    kind: "int",
    help: "",
    ignored: "each worker runs its model on one thread; use --runtime_thread_num for more workers",
    silentFor: ["1"],
  },
  trt_workspace_size: { kind: "int", help: "", ignored: noTensorRt },
  trt_use_static: { kind: "bool", help: "", ignored: noTensorRt },
  min_subgraph_size: { kind: "texts", help: "", ignored: noTensorRt },
  use_encryption_model: {
    kind: "bool",
    help: "",
    ignored: "models are not decrypted here; keep them where only the server may read",
  },
  encryption_rpc_port: { kind: "int", help: "", ignored: "there is no key exchange" },
  product_name: { kind: "text", help: "", ignored: "there is no licence check" },
  container_id: { kind: "text", help: "", ignored: "there is no licence check" },
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
  use_dist_model: { kind: "bool", help: "", ignored: noDistribution },
  dist_carrier_id: { kind: "text", help: "", ignored: noDistribution },
  dist_cfg_file: { kind: "text", help: "", ignored: noDistribution },
  dist_endpoints: { kind: "texts", help: "", ignored: noDistribution },
  dist_nranks: { kind: "int", help: "", ignored: noDistribution },
  dist_subgraph_index: { kind: "int", min: -1, help: "", ignored: noDistribution },
  dist_worker_serving_endpoints: { kind: "text", help: "", ignored: noDistribution },
  dist_master_serving: { kind: "bool", help: "", ignored: noDistribution },
};
