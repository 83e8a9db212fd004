export { CommonEchoOp } from "./echo/common-echo-op.js";
export { DenseEchoOp } from "./echo/dense-echo-op.js";
export { Int64TensorEchoOp } from "./echo/int64-tensor-echo-op.js";
export { SparseEchoOp } from "./echo/sparse-echo-op.js";
export { ClassifyOp, type ClassifyResponse } from "./image/classify-op.js";
export { ReaderOp } from "./image/reader-op.js";
export { WriteJsonOp } from "./image/write-json-op.js";
// As `register` too, so that the package can be named as a module of Ops.
export { registerDemo, registerDemo as register } from "./register-demo.js";
export { TextClassificationOp } from "./text/text-classification-op.js";
