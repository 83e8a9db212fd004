import { type OpClass, opTypeName } from "@paddlewheel/core";
import type { Registries } from "@paddlewheel/server";
import { demoServices } from "./demo-services.js";
import { CommonEchoOp } from "./echo/common-echo-op.js";
import { DenseEchoOp } from "./echo/dense-echo-op.js";
import { Int64TensorEchoOp } from "./echo/int64-tensor-echo-op.js";
import { SparseEchoOp } from "./echo/sparse-echo-op.js";
import { ClassifyOp } from "./image/classify-op.js";
import { ReaderOp } from "./image/reader-op.js";
import { WriteJsonOp } from "./image/write-json-op.js";
import { TextClassificationOp } from "./text/text-classification-op.js";

const demoOps: readonly OpClass[] = [
  CommonEchoOp,
  DenseEchoOp,
  SparseEchoOp,
  Int64TensorEchoOp,
  ReaderOp,
  ClassifyOp,
  WriteJsonOp,
  TextClassificationOp,
];

/**
 * Adds the Ops and services of Paddle Serving's demo, the services by their short names, so that its conf files can name
 * them without a .proto. A name that is taken stays with whoever has it: `ReaderOp` and `ClassifyOp` are names that
 * people give their own Ops, so call this after those are registered.
 */
export function registerDemo({ ops, services }: Registries): void {
  for (const opClass of demoOps) {
    if (!ops.has(opTypeName(opClass))) ops.register(opClass);
  }
  for (const [name, factory] of demoServices) {
    if (!services.has(name)) services.set(name, factory);
  }
}
