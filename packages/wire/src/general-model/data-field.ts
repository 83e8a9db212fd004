import type { DType } from "@paddlewheel/core";
import {
  boolField,
  doubleField,
  floatField,
  int32Field,
  int64Field,
  type NumberField,
  uint32Field,
} from "./number-field.js";

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

/** All fields of message Tensor that may hold its elements. */
export type DataFieldName = NumberFieldName | "data" | "tensor_content";

export interface NumberDataField {
  readonly name: NumberFieldName;
  /** Of the field in the .proto. */
  readonly number: number;
  readonly values: NumberField;
}

export const numberDataFields: Readonly<Record<NumberFieldName, NumberDataField>> = {
  int64_data: { name: "int64_data", number: 1, values: int64Field },
  float_data: { name: "float_data", number: 2, values: floatField },
  int_data: { name: "int_data", number: 3, values: int32Field },
  float64_data: { name: "float64_data", number: 4, values: doubleField },
  uint32_data: { name: "uint32_data", number: 5, values: uint32Field },
  bool_data: { name: "bool_data", number: 6, values: boolField },
  complex64_data: { name: "complex64_data", number: 7, values: floatField },
  complex128_data: { name: "complex128_data", number: 8, values: doubleField },
};

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
