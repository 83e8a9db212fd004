/** Element type of a tensor, by the name ONNX Runtime uses. */
export type DType =
  | "int64"
  | "float32"
  | "int32"
  | "float64"
  | "int16"
  | "float16"
  | "bfloat16"
  | "uint8"
  | "int8"
  | "bool"
  | "complex64"
  | "complex128"
  | "string";

/** What holds the elements of a tensor. `float16` and `bfloat16` are kept as their 16 bits. */
export type TensorData =
  | BigInt64Array
  | Float32Array
  | Int32Array
  | Float64Array
  | Int16Array
  | Uint16Array
  | Uint8Array
  | Int8Array
  | readonly string[];

export type TypedArray = Exclude<TensorData, readonly string[]>;

export interface TypedArrayConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): TypedArray;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArray;
}

export interface DTypeInfo {
  readonly dtype: DType;
  /** The number Paddle Serving uses on the wire (`elem_type`) and in conf (`feed_type`, `fetch_type`). */
  readonly elemType: number;
  /** Numbers of the array per element of the tensor: 2 for the complex types, else 1. */
  readonly arrayStride: number;
  /** The array class of the elements; undefined for strings. */
  readonly arrayType: TypedArrayConstructor | undefined;
}

function info(
  dtype: DType,
  elemType: number,
  arrayType: TypedArrayConstructor | undefined,
  arrayStride = 1,
): DTypeInfo {
  return { dtype, elemType, arrayStride, arrayType };
}

/** Every element type. Source: Paddle Serving's general_model_service.proto. */
export const dtypeTable: Readonly<Record<DType, DTypeInfo>> = {
  int64: info("int64", 0, BigInt64Array),
  float32: info("float32", 1, Float32Array),
  int32: info("int32", 2, Int32Array),
  float64: info("float64", 3, Float64Array),
  int16: info("int16", 4, Int16Array),
  float16: info("float16", 5, Uint16Array),
  bfloat16: info("bfloat16", 6, Uint16Array),
  uint8: info("uint8", 7, Uint8Array),
  int8: info("int8", 8, Int8Array),
  bool: info("bool", 9, Uint8Array),
  complex64: info("complex64", 10, Float32Array, 2),
  complex128: info("complex128", 11, Float64Array, 2),
  string: info("string", 20, undefined),
};

const byElemType = new Map(Object.values(dtypeTable).map((entry) => [entry.elemType, entry.dtype]));

/** The element type of a Paddle `elem_type` number; undefined when there is none of that number. */
export function dtypeOfElemType(elemType: number): DType | undefined {
  return byElemType.get(elemType);
}

export function elemTypeOf(dtype: DType): number {
  return dtypeTable[dtype].elemType;
}
