import type { DType } from "@paddlewheel/core";
import type { TensorMessage } from "./proto-messages.js";

/** A tensor in plain values: 64-bit integers as text, 16-bit floats as their bits. */
export interface PlainTensor {
  readonly name: string;
  readonly elemType: number;
  readonly shape: readonly number[];
  readonly values: readonly (number | string | boolean)[];
}

/** Where elements of a type lie, and how they are read from raw bytes. Source: Paddle Serving's comments on elem_type. */
interface ElementPlace {
  readonly elemType: number;
  readonly field: keyof TensorMessage;
  readonly raw?: {
    readonly size: number;
    readonly read: (bytes: Buffer, offset: number) => number;
    readonly write: (bytes: Buffer, value: number, offset: number) => void;
  };
}

const uint16 = raw(2, "UInt16LE");

export const elementPlaces: Readonly<Partial<Record<DType, ElementPlace>>> = {
  int64: { elemType: 0, field: "int64_data" },
  float32: { elemType: 1, field: "float_data" },
  int32: { elemType: 2, field: "int_data" },
  float64: { elemType: 3, field: "float64_data" },
  int16: { elemType: 4, field: "tensor_content", raw: raw(2, "Int16LE") },
  float16: { elemType: 5, field: "tensor_content", raw: uint16 },
  bfloat16: { elemType: 6, field: "tensor_content", raw: uint16 },
  uint8: { elemType: 7, field: "tensor_content", raw: raw(1, "UInt8") },
  int8: { elemType: 8, field: "tensor_content", raw: raw(1, "Int8") },
  bool: { elemType: 9, field: "bool_data" },
  string: { elemType: 20, field: "data" },
};

/** The message of a tensor, its elements in the field that belongs to its type. */
export function tensorMessage(dtype: DType, tensor: Omit<PlainTensor, "elemType">): TensorMessage {
  const { elemType, field, raw } = placeOf(dtype);
  const { name, shape, values } = tensor;
  const elements = raw ? Buffer.alloc(values.length * raw.size) : values;
  if (raw && Buffer.isBuffer(elements)) {
    for (const [i, value] of values.entries()) raw.write(elements, Number(value), i * raw.size);
  }
  return { name, elem_type: elemType, shape, [field]: elements };
}

/** The plain values of an answer's tensor. */
export function plainTensor(tensor: Required<TensorMessage>): PlainTensor {
  const { name, elem_type: elemType, shape } = tensor;
  const place = Object.values(elementPlaces).find((one) => one.elemType === elemType);
  if (!place) throw new Error(`the answer has a tensor of elem_type ${elemType}`);
  return { name, elemType, shape, values: plainValues(tensor, place) };
}

function plainValues(tensor: Required<TensorMessage>, { field, raw }: ElementPlace): PlainTensor["values"] {
  if (raw) {
    const bytes = tensor.tensor_content;
    return Array.from({ length: bytes.length / raw.size }, (_, i) => raw.read(bytes, i * raw.size));
  }
  const values = tensor[field] as readonly (number | string | boolean)[];
  if (field === "int64_data") return values.map(String);
  // JSON has the words NaN and Infinity where protobuf has the numbers.
  return field === "float_data" || field === "float64_data" ? values.map(Number) : values;
}

function placeOf(dtype: DType): ElementPlace {
  const place = elementPlaces[dtype];
  if (!place) throw new Error(`no place for elements of ${dtype}`);
  return place;
}

function raw(size: number, kind: "Int16LE" | "UInt16LE" | "UInt8" | "Int8"): Required<ElementPlace>["raw"] {
  return {
    size,
    read: (bytes, offset) => bytes[`read${kind}`](offset),
    write: (bytes, value, offset) => bytes[`write${kind}`](value, offset),
  };
}
