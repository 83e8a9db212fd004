import { type FlagGroup, type FlagTable, ignoredFlag } from "../flags/flag.js";
import { pagesFlags } from "../run/pages-flags.js";
import { processesFlags } from "../run/processes-flags.js";
import { securityFlags } from "../run/security-flags.js";
import { serverFlags } from "../run/server-flags.js";

const noDevice = "ONNX Runtime has no such device here";
const runtimeDecides = "ONNX Runtime decides this by itself";
const noDistribution = "a model runs in one process; a distributed Paddle model cannot be served";
const noTensorRt = "TensorRT runs with its own defaults";

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
  gpu_ids: {
    kind: "texts",
    value: "IDS",
    default: "none, models run on the CPU",
    help: "cards of each model, with commas between them, which its copies take in turn; -1 is the CPU; needs CUDA",
  },
  use_trt: { kind: "bool", help: "run models on their cards by TensorRT; needs TensorRT and --gpu_ids" },
  cpu_math_thread_num: {
    kind: "int",
    value: "N",
    default: "1",
    min: 1,
    max: 256,
    help: "threads of one run; more copies, --runtime_thread_num, give more runs a second",
  },
  mem_optim_off: { kind: "bool", help: "do not remember what memory a run took" },
  use_encryption_model: { kind: "bool", help: "models are encrypted, by paddlewheel encrypt" },
  model_key_file: {
    kind: "text",
    value: "FILE",
    default: "PADDLEWHEEL_MODEL_KEY",
    help: "key of the encrypted models, in a file that nobody else can read",
    isSecret: true,
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
  device: ignoredFlag("text", "--gpu_ids says where a model runs", "cpu", "gpu"),
  precision: ignoredFlag("text", "a model runs in the precision it was exported in", "fp32"),
  use_mkl: ignoredFlag("bool", runtimeDecides),
  use_calib: ignoredFlag("bool", "calibrate the model before it is exported"),
  ir_optim: ignoredFlag("bool", "graphs are optimised when a model is opened"),
  use_lite: ignoredFlag("bool", noDevice),
  use_xpu: ignoredFlag("bool", noDevice),
  use_ascend_cl: ignoredFlag("bool", noDevice),
  gpu_multi_stream: ignoredFlag("bool", "each copy of a model has a stream of its own"),
  gpu_memory_mb: ignoredFlag("text", "the runtime takes memory as it needs it"),
  trt_workspace_size: ignoredFlag("text", noTensorRt),
  trt_use_static: ignoredFlag("bool", noTensorRt),
  min_subgraph_size: ignoredFlag("texts", noTensorRt),
  encryption_rpc_port: ignoredFlag("text", "there is no key exchange"),
  product_name: ignoredFlag("text", "there is no licence check"),
  container_id: ignoredFlag("text", "there is no licence check"),
  enable_prometheus: ignoredFlag("bool", "metrics are always there: GET /metrics"),
  prometheus_port: ignoredFlag(
    "text",
    "metrics are on the service's port, or on --internal_port: GET /metrics",
  ),
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
  { title: "Processes", flags: processesFlags },
  { title: "Pages", flags: pagesFlags },
  { title: "Security", flags: securityFlags },
  { title: "Accepted without effect", flags: ignored },
];
