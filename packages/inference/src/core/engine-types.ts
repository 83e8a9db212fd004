import { onnxCoreFactory } from "../onnx/onnx-core-factory.js";
import type { CoreRegistry } from "./fluid-family-core.js";

/**
 * Names Paddle Serving has or had for its own runtime.
 * Compat: with them a conf of Paddle Serving starts as it is, once the model in `model_dir` is converted to ONNX.
 * Devices and optimisations the names speak of are ignored: everything runs on the CPU.
 */
const paddleTypes = [
  "PADDLE_INFER",
  "FLUID_CPU_ANALYSIS",
  "FLUID_CPU_ANALYSIS_DIR",
  "FLUID_CPU_NATIVE",
  "FLUID_CPU_NATIVE_DIR",
  "FLUID_GPU_ANALYSIS",
  "FLUID_GPU_ANALYSIS_DIR",
  "FLUID_GPU_NATIVE",
  "FLUID_GPU_NATIVE_DIR",
];

/** Engine types that need no registration: `ONNX`, and Paddle's names for the ONNX model in the folder. */
export const engineTypes: CoreRegistry = new Map(
  ["ONNX", ...paddleTypes].map((type) => [type, onnxCoreFactory]),
);
