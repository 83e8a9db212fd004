import type { InferenceSession } from "onnxruntime-node";
import { describeRuntimeError } from "./describe-runtime-error.js";
import type { OnnxRuntime } from "./load-runtime.js";

/** @throws Error that names the file and the runtime's reason. */
export async function openSession(
  { InferenceSession }: OnnxRuntime,
  dataPath: string,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(dataPath, options);
  } catch (thrown) {
    throw new Error(`${dataPath}: ${describeRuntimeError(thrown)}`, { cause: thrown });
  }
}
