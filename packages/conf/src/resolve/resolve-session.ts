import {
  defaultSessionConf,
  type ExecutionMode,
  type GraphOptimizationLevel,
  nameHint,
  type SessionConf,
} from "@paddlewheel/core";
import type { Findings } from "../diagnostic.js";
import type { Section } from "../schema/section.js";
import { sessionConfigKeys } from "./session-config-keys.js";

/**
 * How an engine opens its model: fields named as ONNX Runtime names them, else those of Paddle Serving that mean the
 * same, else the defaults.
 */
export function resolveSession(section: Section, findings: Findings): SessionConf {
  const { executionMode, graphOptimizationLevel, ...standard } = defaultSessionConf;
  const mode = section.string("execution_mode") as ExecutionMode | undefined;
  const level = section.string("graph_optimization_level") as GraphOptimizationLevel | undefined;
  const mathThreads = section.number("cpu_math_thread_num");
  return {
    intraOpNumThreads: section.number("intra_op_num_threads") ?? mathThreads ?? standard.intraOpNumThreads,
    interOpNumThreads: section.number("inter_op_num_threads") ?? standard.interOpNumThreads,
    executionMode: mode ?? executionMode,
    graphOptimizationLevel: level ?? graphOptimizationLevel,
    ...resolveDevices(section, findings),
    config: resolveConfig(section, findings),
    enableCpuMemArena: section.bool("enable_cpu_mem_arena") ?? standard.enableCpuMemArena,
    enableMemPattern:
      section.bool("enable_mem_pattern") ??
      section.bool("enable_memory_optimization") ??
      standard.enableMemPattern,
  };
}

type Devices = Pick<SessionConf, "executionProviders" | "gpuIds">;

/** Compat: in Paddle Serving `use_gpu` decides, and `gpu_ids` alone does nothing; -1 is the CPU. */
function resolveDevices(section: Section, findings: Findings): Devices {
  const given = section.strings("execution_providers").map(({ value }) => value);
  const usesGpu = section.bool("use_gpu") ?? false;
  const usesTrt = section.bool("use_trt") ?? false;
  const ids = section.numbers("gpu_ids").filter(({ value }) => value >= 0);
  const warn = (field: string, why: string): void => {
    findings.warn(section.placeOf(field), `has no effect: ${why}; remove it`);
  };
  if (given.length > 0 && usesGpu) warn("use_gpu", "execution_providers says where the model runs");
  if (usesTrt && (given.length > 0 || !usesGpu)) {
    warn(
      "use_trt",
      given.length > 0 ? "execution_providers says where the model runs" : "use_gpu is not true",
    );
  }
  const gpu = usesTrt ? ["tensorrt", "cuda", "cpu"] : ["cuda", "cpu"];
  const providers = given.length > 0 ? given : usesGpu ? gpu : defaultSessionConf.executionProviders;
  const isOnGpu = providers.some((provider) => provider === "cuda" || provider === "tensorrt");
  if (ids.length > 0 && !isOnGpu) warn("gpu_ids", "use_gpu is not true");
  return { executionProviders: providers, gpuIds: isOnGpu ? ids.map(({ value }) => value) : [] };
}

/** Settings that would make a session read or write other files than its model's, or undo what the fields say. */
const refused =
  /^session\.(?:optimized_model_|save_|load_model_format|model_external_|use_ort_model_|use_memory_mapped_)/;

const maxConfigEntries = 64;

function resolveConfig(section: Section, findings: Findings): SessionConf["config"] {
  const config: Record<string, string> = {};
  const entries = section.map("session_config");
  if (entries.size > maxConfigEntries) {
    const message = `has ${entries.size} entries, at most ${maxConfigEntries} are allowed`;
    findings.fault(section.placeOf("session_config"), message);
  }
  for (const [key, value] of entries) {
    const place = section.placeOfPath(["session_config", key]);
    if (refused.test(key))
      findings.fault(place, "cannot be set: the server decides from which files a model is read");
    else if (!sessionConfigKeys.has(key)) {
      // The runtime takes any key, and says nothing of those it does not know.
      findings.warn(place, `is no key that ONNX Runtime 1.30 knows${nameHint(key, sessionConfigKeys)}`);
    }
    config[key] = String(value);
  }
  return config;
}
