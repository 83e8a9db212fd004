import type { DType } from "@paddlewheel/core";
import { dtypeTable } from "@paddlewheel/core/model";

/** Element types of the framework that ONNX Runtime's Node.js binding has no arrays for. */
const unsupported: ReadonlySet<string> = new Set<DType>(["bfloat16", "complex64", "complex128"]);

/** Element types that can be served. */
export const servableTypes: readonly string[] = Object.keys(dtypeTable).filter(
  (dtype) => !unsupported.has(dtype),
);

export function isServable(dtype: string): dtype is DType {
  return servableTypes.includes(dtype);
}
