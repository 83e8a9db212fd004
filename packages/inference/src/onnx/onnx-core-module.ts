import type { CoreOptions, Preparation, PrepareRequest } from "../core/fluid-family-core.js";
import { OnnxCore } from "./onnx-core.js";

/** The `CoreModule` of ONNX models. */
export function createCore(options?: CoreOptions): OnnxCore {
  return new OnnxCore(options);
}

export async function prepare(request: PrepareRequest): Promise<Preparation> {
  const { prepareOnnxModel } = await import("./prepare-onnx-model.js");
  return prepareOnnxModel(request);
}
