import type { Flag, FlagTable } from "../flags/flag.js";

/** Of every command that reads conf, or makes it. */
export const opsFlag: Flag = {
  kind: "texts",
  value: "MODULE",
  help: "modules that register Ops and mergers: paths that start with ./, ../ or /, or names of packages",
};

/** Flags of every command that starts a server. */
export const serverFlags: FlagTable = {
  ops: opsFlag,
  op_threads: {
    kind: "int",
    value: "N",
    default: "one per core, at most 4",
    min: 1,
    max: 1024,
    help: "worker threads for Ops that run on the pool, when there are any",
  },
  model_cache: {
    kind: "bool",
    default: "on",
    help: "prepare large models once, on disk, so that their copies share memory; --nomodel_cache does without",
  },
  model_cache_dir: {
    kind: "text",
    value: "DIR",
    default: "$XDG_CACHE_HOME/paddlewheel, else ~/.cache/paddlewheel",
    help: "folder of the prepared models, which nobody else may write",
  },
  model_cache_size: {
    kind: "int",
    value: "BYTES",
    default: "10737418240",
    min: 1,
    help: "bytes of all prepared models; those not used for longest make room",
  },
  host: { kind: "text", value: "HOST", default: "0.0.0.0", help: "address to listen on" },
  grpc: {
    kind: "text",
    value: "ENGINE",
    default: "native",
    choices: ["native", "grpc-js"],
    help: "what speaks gRPC: native, ours, or grpc-js, @grpc/grpc-js at several times the CPU time per call",
  },
  max_concurrency: {
    kind: "text",
    value: "LIMIT",
    default: "0, no limit",
    help: "calls at work before new ones are refused: a number, auto or timeout[:MS]",
  },
  max_connections: {
    kind: "int",
    value: "N",
    default: "10000",
    min: 1,
    help: "open connections, and never more than half of the open files allowed, less 128",
  },
  max_connections_per_ip: {
    kind: "int",
    value: "N",
    default: "256",
    help: "open connections from one address, this machine's excepted; 0, no limit, for servers behind a load balancer",
  },
  max_loop_delay_ms: {
    kind: "int",
    value: "MS",
    default: "0, no limit",
    help: "delay of the event loop above which a quarter of the calls is refused; 100 is good where cores are not shared",
  },
  idle_timeout_s: {
    kind: "int",
    value: "S",
    default: "80",
    min: 1,
    max: 86_400,
    help: "seconds after which an HTTP or baidu_std connection without a request is closed",
  },
  reload_interval_s: {
    kind: "text",
    value: "S",
    default: "10",
    help: "seconds between two looks for new models, 0.01 to 86400, of models without a reload_interval_ms",
  },
  request_cache_size: {
    kind: "int",
    value: "BYTES",
    default: "0, none",
    max: 4_294_967_295,
    help: "bytes of results kept for requests with the same inputs, of each model without a request_cache_size",
  },
  drain_timeout_ms: {
    kind: "int",
    value: "MS",
    default: "30000",
    max: 3_600_000,
    help: "milliseconds a stopping server waits for calls at work",
  },
  trace_requests: {
    kind: "bool",
    default: "on",
    help: "answer a request that says x-paddlewheel-trace: 1 with its own trace; --notrace_requests refuses",
  },
  otlp_endpoint: {
    kind: "text",
    value: "URL",
    default: "OTEL_EXPORTER_OTLP_ENDPOINT, else none",
    help: "send traces to the OpenTelemetry collector there, to /v1/traces",
    // It may have a password in it.
    isSecret: true,
  },
  log_level: {
    kind: "text",
    value: "LEVEL",
    default: "info",
    choices: ["debug", "info", "warn", "error", "silent"],
    help: "least severe log lines to write: debug, info, warn, error or silent",
  },
};
