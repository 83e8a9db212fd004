import type { TypedArray } from "@paddlewheel/core";
import {
  boolOf,
  doubleOf,
  floatOf,
  int32Range,
  int64Of,
  integerOf,
  uint32Range,
} from "../json/json-value.js";
import { decodeBools, decodeInt32s, decodeInt64s, viewAs } from "../protobuf/packed-decode.js";
import type { PackedValues } from "../protobuf/packed-values.js";
import { WireType } from "../protobuf/wire-type.js";
import type { WireWriter } from "../protobuf/wire-writer.js";

export type NumberValues = TypedArray | Uint32Array;

/** A `repeated` field of numbers: how its values lie in bytes and in JSON. */
export interface NumberField<T extends NumberValues = NumberValues> {
  /** Of one value. */
  readonly wireType: WireType;
  decode(packed: PackedValues): T;
  /** The packed list, without tag and length. */
  write(writer: WireWriter, values: T): void;
  /** @throws ServeError malformedRequest that opens with the path of the wrong element. */
  parseJson(list: readonly unknown[], path: string): T;
  formatJson(values: T): string;
}

export const int64Field: NumberField<BigInt64Array> = {
  wireType: WireType.varint,
  decode: (packed) => decodeInt64s(packed.bytes(), packed.varintCount),
  write: (writer, values) => writer.int64s(values),
  parseJson(list, path) {
    const values = new BigInt64Array(list.length);
    for (let i = 0; i < list.length; i++) values[i] = int64Of(list[i], path, i);
    return values;
  },
  formatJson: (values) => `[${values.join()}]`,
};

export const int32Field: NumberField<Int32Array> = {
  wireType: WireType.varint,
  decode: (packed) => decodeInt32s(packed.bytes(), packed.varintCount),
  write: (writer, values) => writer.int32s(values),
  parseJson(list, path) {
    const values = new Int32Array(list.length);
    for (let i = 0; i < list.length; i++) values[i] = integerOf(list[i], int32Range, path, i);
    return values;
  },
  formatJson: (values) => `[${values.join()}]`,
};

export const uint32Field: NumberField<Uint32Array> = {
  wireType: WireType.varint,
  decode: (packed) => new Uint32Array(decodeInt32s(packed.bytes(), packed.varintCount).buffer),
  write: (writer, values) => writer.int32s(values),
  parseJson(list, path) {
    const values = new Uint32Array(list.length);
    for (let i = 0; i < list.length; i++) values[i] = integerOf(list[i], uint32Range, path, i);
    return values;
  },
  formatJson: (values) => `[${values.join()}]`,
};

export const boolField: NumberField<Uint8Array> = {
  wireType: WireType.varint,
  decode: (packed) => decodeBools(packed.bytes(), packed.varintCount),
  write: (writer, values) => writer.bools(values),
  parseJson(list, path) {
    const values = new Uint8Array(list.length);
    for (let i = 0; i < list.length; i++) values[i] = boolOf(list[i], path, i) ? 1 : 0;
    return values;
  },
  formatJson: (values) => JSON.stringify(Array.from(values, (value) => value !== 0)),
};

export const floatField: NumberField<Float32Array> = {
  wireType: WireType.fixed32,
  decode: (packed) => viewAs(Float32Array, packed.bytes()),
  write: (writer, values) => writer.raw(values),
  parseJson(list, path) {
    const values = new Float32Array(list.length);
    for (let i = 0; i < list.length; i++) values[i] = floatOf(list[i], path, i);
    return values;
  },
  formatJson: formatFloats,
};

export const doubleField: NumberField<Float64Array> = {
  wireType: WireType.fixed64,
  decode: (packed) => viewAs(Float64Array, packed.bytes()),
  write: (writer, values) => writer.raw(values),
  parseJson(list, path) {
    const values = new Float64Array(list.length);
    for (let i = 0; i < list.length; i++) values[i] = doubleOf(list[i], path, i);
    return values;
  },
  formatJson: formatFloats,
};

/** Each as the double it is; JSON has no NaN and no infinity, so these become strings. */
function formatFloats(values: Float32Array | Float64Array): string {
  const list: (number | string)[] = Array.from(values);
  for (let i = 0; i < list.length; i++) if (!Number.isFinite(list[i])) list[i] = String(list[i]);
  return JSON.stringify(list);
}
