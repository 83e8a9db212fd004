import { type DType, dtypeTable, type TensorData } from "@paddlewheel/core";
import fc from "fast-check";
import type {
  GeneralRequest,
  GeneralResponse,
  GeneralTensor,
  ModelOutput,
} from "../general-model/message.js";

const name: fc.Arbitrary<string> = fc.string({ unit: "grapheme", maxLength: 20 });
const uint64: fc.Arbitrary<bigint> = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));

/** Values of each type, its limits among them. */
const elements: Readonly<Record<DType, (length: number) => fc.Arbitrary<TensorData>>> = {
  int64: (length) =>
    list(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), length).map((v) => BigInt64Array.from(v)),
  float32: (length) => list(fc.float(), length).map((v) => Float32Array.from(v)),
  int32: (length) => list(fc.integer(), length).map((v) => Int32Array.from(v)),
  float64: (length) => list(fc.double(), length).map((v) => Float64Array.from(v)),
  int16: (length) => list(fc.integer(), length).map((v) => Int16Array.from(v)),
  float16: (length) => list(fc.nat(65535), length).map((v) => Uint16Array.from(v)),
  bfloat16: (length) => list(fc.nat(65535), length).map((v) => Uint16Array.from(v)),
  uint8: (length) => list(fc.nat(255), length).map((v) => Uint8Array.from(v)),
  int8: (length) => list(fc.integer(), length).map((v) => Int8Array.from(v)),
  bool: (length) => list(fc.nat(1), length).map((v) => Uint8Array.from(v)),
  complex64: (length) => list(fc.float(), length).map((v) => Float32Array.from(v)),
  complex128: (length) => list(fc.double(), length).map((v) => Float64Array.from(v)),
  string: (length) => list(name, length),
};

function record<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true });
}

function list<T>(element: fc.Arbitrary<T>, length: number): fc.Arbitrary<T[]> {
  return fc.array(element, { minLength: length, maxLength: length });
}

/** The lod of a tensor with `rows` rows, built from the innermost level outwards: one list of cuts per level. */
function legalLod(rows: number, cuts: readonly (readonly number[])[]): number[][] {
  // Of no rows there is one level: on the wire several, all zeros, would be one.
  if (rows === 0) return cuts.length > 0 ? [[0]] : [];
  const levels: number[][] = [];
  let end = rows;
  for (const level of cuts) {
    const offsets = [0, ...innerOffsets(level, end), end];
    levels.unshift(offsets);
    end = offsets.length - 1;
  }
  return levels;
}

function innerOffsets(cuts: readonly number[], end: number): number[] {
  return cuts.map((cut) => cut % (end + 1)).sort((a, b) => a - b);
}

export const arbitraryTensor: fc.Arbitrary<GeneralTensor> = record({
  name,
  aliasName: name,
  dtype: fc.constantFrom<DType[]>(...Object.values(dtypeTable).map(({ dtype }) => dtype)),
  shape: fc.array(fc.nat(4), { maxLength: 4 }),
  lodCuts: fc.array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 3 }),
}).chain(({ lodCuts, ...tensor }) => {
  const length = tensor.shape.reduce((a, b) => a * b, 1) * dtypeTable[tensor.dtype].arrayStride;
  const [rows] = tensor.shape;
  const lod = rows === undefined ? [] : legalLod(rows, lodCuts);
  const optionalLod = lod.length > 0 ? { lod } : {};
  return elements[tensor.dtype](length).map((data) => ({ ...tensor, data, ...optionalLod }));
});

export const arbitraryRequest: fc.Arbitrary<GeneralRequest> = record({
  tensors: fc.array(arbitraryTensor, { maxLength: 3 }),
  fetchVarNames: fc.array(name, { maxLength: 3 }),
  profileServer: fc.boolean(),
  logId: uint64,
});

const arbitraryOutput: fc.Arbitrary<ModelOutput> = record({
  tensors: fc.array(arbitraryTensor, { maxLength: 3 }),
  engineName: name,
});

export const arbitraryResponse: fc.Arbitrary<GeneralResponse> = record({
  outputs: fc.array(arbitraryOutput, { maxLength: 2 }),
  profileTime: fc.array(fc.maxSafeNat(), { maxLength: 4 }),
  profileServer: fc.boolean(),
  logId: uint64,
  errNo: fc.integer(),
  errMsg: name,
});
