import { decodeBools, decodeInt32s, decodeInt64s, viewAs } from "../protobuf/packed-decode.js";
import type { PackedValues } from "../protobuf/packed-values.js";
import { WireType } from "../protobuf/wire-type.js";
import type { WireWriter } from "../protobuf/wire-writer.js";
import type { NumberFieldName, NumberValues } from "./data-field.js";

/** A `repeated` field of numbers: how its values lie in bytes. */
export interface NumberField<T extends NumberValues = NumberValues> {
  /** Of one value. */
  readonly wireType: WireType;
  decode(packed: PackedValues): T;
  /** The packed list, without tag and length. */
  write(writer: WireWriter, values: T): void;
}

export const int64Field: NumberField<BigInt64Array> = {
  wireType: WireType.varint,
  decode: (packed) => decodeInt64s(packed.bytes(), packed.varintCount),
  write: (writer, values) => writer.int64s(values),
};

export const int32Field: NumberField<Int32Array> = {
  wireType: WireType.varint,
  decode: (packed) => decodeInt32s(packed.bytes(), packed.varintCount),
  write: (writer, values) => writer.int32s(values),
};

export const uint32Field: NumberField<Uint32Array> = {
  wireType: WireType.varint,
  decode: (packed) => new Uint32Array(decodeInt32s(packed.bytes(), packed.varintCount).buffer),
  write: (writer, values) => writer.int32s(values),
};

export const boolField: NumberField<Uint8Array> = {
  wireType: WireType.varint,
  decode: (packed) => decodeBools(packed.bytes(), packed.varintCount),
  write: (writer, values) => writer.bools(values),
};

export const floatField: NumberField<Float32Array> = {
  wireType: WireType.fixed32,
  decode: (packed) => viewAs(Float32Array, packed.bytes()),
  write: (writer, values) => writer.raw(values),
};

export const doubleField: NumberField<Float64Array> = {
  wireType: WireType.fixed64,
  decode: (packed) => viewAs(Float64Array, packed.bytes()),
  write: (writer, values) => writer.raw(values),
};

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
