import type { DType, TypedArray } from "@paddlewheel/core/message";

/** The fields of message Tensor that hold elements as a packed list. */
export type NumberFieldName =
  | "int64_data"
  | "float_data"
  | "int_data"
  | "float64_data"
  | "uint32_data"
  | "bool_data"
  | "complex64_data"
  | "complex128_data";

/** The elements of such a field. */
export type NumberValues = TypedArray | Uint32Array;

/** All fields of message Tensor that may hold its elements. */
export type DataFieldName = NumberFieldName | "data" | "tensor_content";

/**
 * Where the elements of each type belong: read from there, and written there. Source: Paddle Serving's comments on
 * elem_type, which its server follows for the types it knows.
 */
export const dataFieldOf: Readonly<Record<DType, DataFieldName>> = {
  int64: "int64_data",
  float32: "float_data",
  int32: "int_data",
  float64: "float64_data",
  int16: "tensor_content",
  float16: "tensor_content",
  bfloat16: "tensor_content",
  uint8: "tensor_content",
  int8: "tensor_content",
  bool: "bool_data",
  complex64: "complex64_data",
  complex128: "complex128_data",
  string: "data",
};
