import type { CoreOptions } from "../core/fluid-family-core.js";
import { OnnxCore } from "./onnx-core.js";

/** The `CoreModule` of ONNX models. */
export function createCore(options?: CoreOptions): OnnxCore {
  return new OnnxCore(options);
}

export { prepareOnnxModel as prepare } from "./prepare-onnx-model.js";
