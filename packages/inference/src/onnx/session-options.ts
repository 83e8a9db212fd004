import { join } from "node:path";
import type { SessionConf } from "@paddlewheel/core";
import type { InferenceSession } from "onnxruntime-node";

type SessionOptions = InferenceSession.SessionOptions;

/** Its messages are off, as in `loadRuntime`: each failure arrives as an error too. */
const fatal = 4;

/** The runtime's words for how conf wants a model opened; `copy` is its number among the copies of an engine. */
export function sessionOptions(session: SessionConf, copy = 0): SessionOptions {
  const { executionProviders, gpuIds } = session;
  const deviceId = gpuIds[copy % gpuIds.length];
  return {
    executionProviders: executionProviders.map((name) => onDevice(name, deviceId)),
    intraOpNumThreads: session.intraOpNumThreads,
    interOpNumThreads: session.interOpNumThreads,
    executionMode: session.executionMode,
    graphOptimizationLevel: session.graphOptimizationLevel,
    enableCpuMemArena: session.enableCpuMemArena,
    enableMemPattern: session.enableMemPattern,
    logSeverityLevel: fatal,
    extra: { ...session.config },
  };
}

function onDevice(name: string, deviceId: number | undefined): InferenceSession.ExecutionProviderConfig {
  const hasDevices = name === "cuda" || name === "tensorrt";
  return hasDevices && deviceId !== undefined ? { name, deviceId } : name;
}

const modelFile = "model.onnx";

/** Smaller weights stay in the graph, where they take less than their alignment would. */
const minExternalBytes = "1024";

/** Makes a session that writes its optimised graph into a folder, weights beside it, also as kernels want them. */
export function savingOptions(session: SessionConf, folder: string): SessionOptions {
  const options = sessionOptions(session);
  return {
    ...options,
    optimizedModelFilePath: preparedFile(folder),
    extra: {
      ...options.extra,
      "session.optimized_model_external_initializers_file_name": "weights.bin",
      "session.optimized_model_external_initializers_min_size_in_bytes": minExternalBytes,
      "session.save_external_prepacked_constant_initializers": "1",
    },
  };
}

/** Opens what such a session wrote: it is optimised already, and the weights are mapped. */
export function openingOptions(session: SessionConf): SessionOptions {
  return { ...sessionOptions(session), graphOptimizationLevel: "disabled" };
}

export function preparedFile(folder: string): string {
  return join(folder, modelFile);
}

/** Whether models may be prepared: optimised for another device than the CPU, they are not ours to share. */
export function canPrepare({ executionProviders }: SessionConf): boolean {
  return executionProviders.every((provider) => provider === "cpu");
}

/** What of a session changes the graph it makes of a model; for the key of what is prepared. */
export function graphTraits({ graphOptimizationLevel, config }: SessionConf): string {
  const sorted = Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([graphOptimizationLevel, sorted]);
}
