import type { DType } from "../tensor/dtype.js";
import type { Tensor } from "../tensor/tensor.js";

/** What holds the elements of each type; `TensorData` is any of them. */
export interface DataOfDType {
  readonly int64: BigInt64Array;
  readonly float32: Float32Array;
  readonly int32: Int32Array;
  readonly float64: Float64Array;
  readonly int16: Int16Array;
  readonly float16: Uint16Array;
  readonly bfloat16: Uint16Array;
  readonly uint8: Uint8Array;
  readonly int8: Int8Array;
  readonly bool: Uint8Array;
  readonly complex64: Float32Array;
  readonly complex128: Float64Array;
  readonly string: readonly string[];
}

/** A tensor whose element type is known. */
export interface TensorOf<D extends DType> extends Tensor {
  readonly dtype: D;
  readonly data: DataOfDType[D];
}

/** What a model takes and gives, by alias name; `paddlewheel types` writes one for a model folder. */
export interface ModelTypes {
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly fetches: Readonly<Record<string, Tensor>>;
}
