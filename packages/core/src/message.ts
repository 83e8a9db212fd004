// What reading and writing messages needs, and nothing of Node: browsers load it, which have no use for the rest of core.
export { Code, codeName } from "./code.js";
export type { ModelConf, ModelVarConf } from "./engine/engine-conf.js";
export type { ModelTypes, TensorOf } from "./engine/model-types.js";
export { modelVersionHeader } from "./engine/version-request.js";
export { type Fault, invalidConf } from "./fault.js";
export { nearestNameHint } from "./nearest-name.js";
export type { Clock } from "./observe/clock.js";
export { quoteNames, quoteValue } from "./quote-value.js";
export { ServeError } from "./serve-error.js";
export {
  type DType,
  dtypeOfElemType,
  dtypeTable,
  elemTypeOf,
  type TensorData,
  type TypedArray,
} from "./tensor/dtype.js";
export { numberToBfloat16, numberToFloat16 } from "./tensor/float16.js";
export { checkTensor, type Tensor, tensorLimits } from "./tensor/tensor.js";
