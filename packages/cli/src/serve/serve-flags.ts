import { type FlagGroup, type FlagTable, ignoredFlag } from "../flags/flag.js";
import { pagesFlags } from "../run/pages-flags.js";
import { securityFlags } from "../run/security-flags.js";
import { serverFlags } from "../run/server-flags.js";

const onlyCpu = "models run on the CPU, by ONNX Runtime";
const runtimeDecides = "ONNX Runtime decides this by itself";
const noDistribution = "a model runs in one process; a distributed Paddle model cannot be served";
const noTensorRt = "there is no TensorRT";

const model: FlagTable = {
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

const server: FlagTable = {
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

const ignored: FlagTable = {
  device: ignoredFlag("text", onlyCpu, "cpu"),
  gpu_ids: ignoredFlag("texts", onlyCpu, "", "-1"),
  precision: ignoredFlag("text", "a model runs in the precision it was exported in", "fp32"),
  use_mkl: ignoredFlag("bool", runtimeDecides),
  use_calib: ignoredFlag("bool", "calibrate the model before it is exported"),
  mem_optim_off: ignoredFlag("bool", runtimeDecides),
  ir_optim: ignoredFlag("bool", runtimeDecides),
  use_trt: ignoredFlag("bool", noTensorRt),
  use_lite: ignoredFlag("bool", onlyCpu),
  use_xpu: ignoredFlag("bool", onlyCpu),
  use_ascend_cl: ignoredFlag("bool", onlyCpu),
  gpu_multi_stream: ignoredFlag("bool", onlyCpu),
  gpu_memory_mb: ignoredFlag("text", onlyCpu),
  cpu_math_thread_num: ignoredFlag(
    "text",
    "each worker runs its model on one thread; use --runtime_thread_num for more workers",
    "1",
  ),
  trt_workspace_size: ignoredFlag("text", noTensorRt),
  trt_use_static: ignoredFlag("bool", noTensorRt),
  min_subgraph_size: ignoredFlag("texts", noTensorRt),
  use_encryption_model: ignoredFlag(
    "bool",
    "models are not decrypted here; keep them where only the server may read",
  ),
  encryption_rpc_port: ignoredFlag("text", "there is no key exchange"),
  product_name: ignoredFlag("text", "there is no licence check"),
  container_id: ignoredFlag("text", "there is no licence check"),
  enable_prometheus: ignoredFlag("bool", "metrics are always there: GET /metrics"),
  prometheus_port: ignoredFlag(
    "text",
    "metrics are on the service's port, or on --internal_port: GET /metrics",
  ),
  request_cache_size: ignoredFlag("text", "there is no request cache yet, every request runs its model", "0"),
  use_dist_model: ignoredFlag("bool", noDistribution),
  dist_carrier_id: ignoredFlag("text", noDistribution),
  dist_cfg_file: ignoredFlag("text", noDistribution),
  dist_endpoints: ignoredFlag("texts", noDistribution),
  dist_nranks: ignoredFlag("text", noDistribution),
  dist_subgraph_index: ignoredFlag("text", noDistribution),
  dist_worker_serving_endpoints: ignoredFlag("text", noDistribution),
  dist_master_serving: ignoredFlag("bool", noDistribution),
};

/** Source: the flags of Paddle Serving's `serve`, python/paddle_serving_server/serve.py. */
export const serveGroups: readonly FlagGroup[] = [
  { title: "Models", flags: model },
  { title: "Server", flags: { ...server, ...serverFlags } },
  { title: "Pages", flags: pagesFlags },
  { title: "Security", flags: securityFlags },
  { title: "Accepted without effect", flags: ignored },
];
