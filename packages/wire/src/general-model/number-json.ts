import {
  boolOf,
  doubleOf,
  floatOf,
  int32Range,
  int64Of,
  integerOf,
  uint32Range,
} from "../json/json-value.js";
import type { NumberFieldName, NumberValues } from "./data-field.js";

/** How the values of a `repeated` field of numbers lie in JSON. */
export interface NumberJson<T extends NumberValues = NumberValues> {
  /** @throws ServeError malformedRequest that opens with the path of the wrong element. */
  parse(list: readonly unknown[], path: string): T;
  format(values: T): string;
}

export const int64Json: NumberJson<BigInt64Array> = {
  parse(list, path) {
    const values = new BigInt64Array(list.length);
    for (let i = 0; i < list.length; i++) values[i] = int64Of(list[i], path, i);
    return values;
  },
  format: (values) => `[${values.join()}]`,
};

export const int32Json: NumberJson<Int32Array> = {
  parse(list, path) {
    const values = new Int32Array(list.length);
    for (let i = 0; i < list.length; i++) values[i] = integerOf(list[i], int32Range, path, i);
    return values;
  },
  format: (values) => `[${values.join()}]`,
};

const uint32Json: NumberJson<Uint32Array> = {
  parse(list, path) {
    const values = new Uint32Array(list.length);
    for (let i = 0; i < list.length; i++) values[i] = integerOf(list[i], uint32Range, path, i);
    return values;
  },
  format: (values) => `[${values.join()}]`,
};

const boolJson: NumberJson<Uint8Array> = {
  parse(list, path) {
    const values = new Uint8Array(list.length);
    for (let i = 0; i < list.length; i++) values[i] = boolOf(list[i], path, i) ? 1 : 0;
    return values;
  },
  format: (values) => JSON.stringify(Array.from(values, (value) => value !== 0)),
};

const floatJson: NumberJson<Float32Array> = {
  parse(list, path) {
    const values = new Float32Array(list.length);
    for (let i = 0; i < list.length; i++) values[i] = floatOf(list[i], path, i);
    return values;
  },
  format: formatFloats,
};

const doubleJson: NumberJson<Float64Array> = {
  parse(list, path) {
    const values = new Float64Array(list.length);
    for (let i = 0; i < list.length; i++) values[i] = doubleOf(list[i], path, i);
    return values;
  },
  format: formatFloats,
};

/** By the field of message Tensor. */
export const numberJsonOf: Readonly<Record<NumberFieldName, NumberJson>> = {
  int64_data: int64Json,
  float_data: floatJson,
  int_data: int32Json,
  float64_data: doubleJson,
  uint32_data: uint32Json,
  bool_data: boolJson,
  complex64_data: floatJson,
  complex128_data: doubleJson,
};

/** Each as the double it is; JSON has no NaN and no infinity, so these become strings. */
function formatFloats(values: Float32Array | Float64Array): string {
  const list: (number | string)[] = Array.from(values);
  for (let i = 0; i < list.length; i++) if (!Number.isFinite(list[i])) list[i] = String(list[i]);
  return JSON.stringify(list);
}
