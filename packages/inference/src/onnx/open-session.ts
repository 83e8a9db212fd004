import type { InferenceSession } from "onnxruntime-node";
import { describeRuntimeError } from "./describe-runtime-error.js";
import type { OnnxRuntime } from "./load-runtime.js";

/**
 * Opens the model of a file, or one whose content is already in memory.
 * @throws Error that names the file and the runtime's reason.
 */
export async function openSession(
  { InferenceSession }: OnnxRuntime,
  dataPath: string,
  options: InferenceSession.SessionOptions,
  content?: Uint8Array,
): Promise<InferenceSession> {
  try {
    return await (content
      ? InferenceSession.create(content, options)
      : InferenceSession.create(dataPath, options));
  } catch (thrown) {
    throw new Error(`${dataPath}: ${describeRuntimeError(thrown)}`, { cause: thrown });
  }
}
