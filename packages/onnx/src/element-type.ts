/** Array class that holds the elements of a tensor; 16-bit floats are kept as their bits. */
export type ElementArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

export interface ElementTypeInfo {
  /** `TensorProto.DataType` */
  readonly number: number;
  /** Bits of one element in `raw_data`; 0 for strings, which have no fixed size. */
  readonly bits: number;
  /** undefined where JavaScript has no array of such elements. */
  readonly arrayType: (new (length: number) => ElementArray) | undefined;
}

function info(number: number, bits: number, arrayType?: ElementTypeInfo["arrayType"]): ElementTypeInfo {
  return { number, bits, arrayType };
}

/** Name of an element type, the one ONNX Runtime uses. */
export type OnnxElementType =
  | "float32"
  | "uint8"
  | "int8"
  | "uint16"
  | "int16"
  | "int32"
  | "int64"
  | "string"
  | "bool"
  | "float16"
  | "float64"
  | "uint32"
  | "uint64"
  | "complex64"
  | "complex128"
  | "bfloat16"
  | "float8e4m3fn"
  | "float8e4m3fnuz"
  | "float8e5m2"
  | "float8e5m2fnuz"
  | "uint4"
  | "int4"
  | "float4e2m1"
  | "float8e8m0"
  | "uint2"
  | "int2";

/** Every element type. Of those that share an array class the plain one is first. */
export const elementTypes: Readonly<Record<OnnxElementType, ElementTypeInfo>> = {
  float32: info(1, 32, Float32Array),
  uint8: info(2, 8, Uint8Array),
  int8: info(3, 8, Int8Array),
  uint16: info(4, 16, Uint16Array),
  int16: info(5, 16, Int16Array),
  int32: info(6, 32, Int32Array),
  int64: info(7, 64, BigInt64Array),
  string: info(8, 0),
  bool: info(9, 8, Uint8Array),
  float16: info(10, 16, Uint16Array),
  float64: info(11, 64, Float64Array),
  uint32: info(12, 32, Uint32Array),
  uint64: info(13, 64, BigUint64Array),
  complex64: info(14, 64),
  complex128: info(15, 128),
  bfloat16: info(16, 16, Uint16Array),
  float8e4m3fn: info(17, 8, Uint8Array),
  float8e4m3fnuz: info(18, 8, Uint8Array),
  float8e5m2: info(19, 8, Uint8Array),
  float8e5m2fnuz: info(20, 8, Uint8Array),
  uint4: info(21, 4),
  int4: info(22, 4),
  float4e2m1: info(23, 4),
  float8e8m0: info(24, 8, Uint8Array),
  uint2: info(25, 2),
  int2: info(26, 2),
};

const entries = Object.entries(elementTypes) as [OnnxElementType, ElementTypeInfo][];
const byNumber = new Map(entries.map(([name, { number }]) => [number, name]));

/** The name of a `TensorProto.DataType` number; undefined for 0 and for numbers of a future format. */
export function elementTypeOfNumber(number: number): OnnxElementType | undefined {
  return byNumber.get(number);
}

/** The element type an array stands for when nothing else is said: `Uint8Array` is uint8, not bool. */
export function elementTypeOfArray(data: ElementArray): OnnxElementType | undefined {
  return entries.find(([, { arrayType }]) => arrayType !== undefined && data instanceof arrayType)?.[0];
}
