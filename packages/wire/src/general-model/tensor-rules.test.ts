import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code, type TensorData } from "@paddlewheel/core";
import { oracleEncode, type ProtoObject } from "../testing/oracle.js";
import { generalRequestCodec } from "./request-codec.js";

const knownElemTypes =
  "0 (int64), 1 (float32), 2 (int32), 3 (float64), 4 (int16), 5 (float16), 6 (bfloat16), 7 (uint8), 8 (int8), " +
  "9 (bool), 10 (complex64), 11 (complex128), 20 (string)";

/** Tensors that lie in the right fields of a message, and are still wrong. */
const wrongTensors: readonly { readonly tensor: ProtoObject; readonly message: string }[] = [
  {
    tensor: { name: "x", elem_type: 12, shape: [1] },
    message: `tensor "x": elem_type 12 is unknown; known are ${knownElemTypes}`,
  },
  {
    tensor: { name: "x", elem_type: -1, shape: [1] },
    message: `tensor "x": elem_type -1 is unknown; known are ${knownElemTypes}`,
  },
  {
    tensor: { name: "x", shape: [1, 13], float_data: new Array(13).fill(0.5) },
    message:
      'tensor "x": elem_type 0 (int64) wants int64_data, but float_data holds 13 values; set elem_type to 1 for float32',
  },
  {
    tensor: { name: "x", elem_type: 1, shape: [1], int_data: [7] },
    message:
      'tensor "x": elem_type 1 (float32) wants float_data, but int_data holds 1 value; set elem_type to 2 for int32',
  },
  {
    tensor: { name: "x", elem_type: 2, shape: [1], data: ["a"] },
    message:
      'tensor "x": elem_type 2 (int32) wants int_data, but data holds 1 value; set elem_type to 20 for string',
  },
  {
    tensor: { name: "x", elem_type: 5, shape: [2], float_data: [1, 2] },
    message:
      'tensor "x": elem_type 5 (float16) wants tensor_content, but float_data holds 2 values; set elem_type to 1 for float32',
  },
  {
    tensor: { name: "x", elem_type: 2, shape: [2], uint32_data: [1, 2] },
    message: 'tensor "x": elem_type 2 (int32) wants int_data, but uint32_data holds 2 values',
  },
  {
    tensor: { name: "s", elem_type: 20, shape: [1], tensor_content: Buffer.from("abc") },
    message: 'tensor "s": elem_type 20 (string) wants data, but tensor_content holds 3 bytes',
  },
  {
    tensor: { name: "x", elem_type: 1, shape: [1], float_data: [1], tensor_content: Buffer.alloc(4) },
    message: 'tensor "x": float_data holds 1 value and tensor_content holds 4 bytes; send only one of them',
  },
  {
    tensor: { name: "x", elem_type: 1, shape: [1], float_data: [1], int_data: [1, 2] },
    message: 'tensor "x": float_data holds 1 value and int_data holds 2 values; send only one of them',
  },
  {
    tensor: { name: "x", elem_type: 1, shape: [1, 13], float_data: [1, 2] },
    message: 'tensor "x": shape [1, 13] wants 13 elements, the data has 2',
  },
  {
    tensor: { name: "x", elem_type: 1, shape: [1, 13] },
    message: 'tensor "x": shape [1, 13] wants 13 elements, the data has 0',
  },
  {
    tensor: { name: "x", elem_type: 1, shape: [1, -1], float_data: [1] },
    message: 'tensor "x": shape[1] is -1, must be a whole number from 0 to 2147483647',
  },
  {
    tensor: { name: "x", elem_type: 1, shape: new Array(17).fill(1), float_data: [1] },
    message: 'tensor "x": shape has 17 axes, at most 16 are allowed',
  },
  {
    tensor: { name: "x", elem_type: 1, shape: [65536, 65536, 65536], float_data: [1] },
    message:
      'tensor "x": shape [65536, 65536, 65536] has 281474976710656 elements, at most 268435456 are allowed',
  },
  {
    tensor: { name: "x", elem_type: 1, shape: [1], tensor_content: Buffer.alloc(6) },
    message: 'tensor "x": tensor_content holds 6 bytes, not a multiple of the 4 of float32',
  },
  {
    tensor: { name: "x", elem_type: 11, shape: [1], tensor_content: Buffer.alloc(8) },
    message: 'tensor "x": tensor_content holds 8 bytes, not a multiple of the 16 of complex128',
  },
  {
    tensor: { name: "x", elem_type: 10, shape: [1], complex64_data: [1, 2, 3] },
    message:
      'tensor "x": complex64_data holds 3 values, must be an even number: real and imaginary part in turn',
  },
  {
    tensor: { name: "x", elem_type: 9, shape: [2], tensor_content: Buffer.from([1, 2]) },
    message: 'tensor "x": tensor_content[1] is 2, a bool is 0 or 1',
  },
  {
    tensor: { name: "x", elem_type: 4, shape: [2], int_data: [1, 32768] },
    message: 'tensor "x": int_data[1] is 32768, outside int16 (-32768 to 32767)',
  },
  {
    tensor: { name: "x", elem_type: 8, shape: [1], int_data: [-129] },
    message: 'tensor "x": int_data[0] is -129, outside int8 (-128 to 127)',
  },
  {
    tensor: { name: "x", elem_type: 7, shape: [1], uint32_data: [256] },
    message: 'tensor "x": uint32_data[0] is 256, outside uint8 (0 to 255)',
  },
  {
    tensor: { name: "x", elem_type: 6, shape: [1], uint32_data: [65536] },
    message: 'tensor "x": uint32_data[0] is 65536, outside bfloat16 (0 to 65535)',
  },
  {
    tensor: { name: "x", shape: [1], int64_data: [1], lod: [1, 2] },
    message: 'tensor "x": lod starts with 1, must start with 0',
  },
  {
    tensor: { name: "x", shape: [1], int64_data: [1], lod: [0, 3, 2] },
    message: 'tensor "x": lod level 0 must start with 0 and never fall',
  },
  {
    tensor: { name: "x", shape: [1], int64_data: [1], lod: new Array(17).fill([0, 1]).flat() },
    message: 'tensor "x": lod has more than 16 levels',
  },
  {
    tensor: { name: "x", shape: [1, 3], int64_data: [1, 2, 3], lod: [0, 5] },
    message: 'tensor "x": lod level 0 ends at 5, must end at 1, the rows of shape [1, 3]',
  },
  {
    tensor: { name: "x", shape: [2], int64_data: [1, 2], lod: [0, 1] },
    message: 'tensor "x": lod level 0 ends at 1, must end at 2, the rows of shape [2]',
  },
  {
    tensor: { name: "x", shape: [2], int64_data: [1, 2], lod: [0, 3, 0, 1, 2] },
    message: 'tensor "x": lod level 0 ends at 3, must end at 2, the sequences of level 1',
  },
  {
    tensor: { name: "x", int64_data: [1], lod: [0, 1] },
    message: 'tensor "x": shape [] has no rows, a tensor with lod needs at least one axis',
  },
];

describe("a tensor that makes no sense", () => {
  for (const { tensor, message } of wrongTensors) {
    it(`is refused in bytes and in JSON with the same words: ${message}`, () => {
      const expected = { name: "ServeError", code: Code.invalidArgument, message };
      assert.throws(() => generalRequestCodec.decode(bytesOf(tensor)), expected);
      assert.throws(() => generalRequestCodec.decodeJson(jsonOf(tensor)), expected);
    });
  }
});

/** Every way a type may come beside the field it is written to. */
const otherWays: readonly { readonly tensor: ProtoObject; readonly data: TensorData }[] = [
  { tensor: { elem_type: 0, tensor_content: rawBytes(BigInt64Array.of(-1n)) }, data: BigInt64Array.of(-1n) },
  { tensor: { elem_type: 1, tensor_content: rawBytes(Float32Array.of(1.5)) }, data: Float32Array.of(1.5) },
  { tensor: { elem_type: 2, tensor_content: rawBytes(Int32Array.of(-2)) }, data: Int32Array.of(-2) },
  { tensor: { elem_type: 3, tensor_content: rawBytes(Float64Array.of(0.1)) }, data: Float64Array.of(0.1) },
  { tensor: { elem_type: 9, tensor_content: rawBytes(Uint8Array.of(1)) }, data: Uint8Array.of(1) },
  { tensor: { elem_type: 10, tensor_content: rawBytes(Float32Array.of(1, 2)) }, data: Float32Array.of(1, 2) },
  { tensor: { elem_type: 11, tensor_content: rawBytes(Float64Array.of(1, 2)) }, data: Float64Array.of(1, 2) },
  { tensor: { elem_type: 4, int_data: [-32768] }, data: Int16Array.of(-32768) },
  { tensor: { elem_type: 4, uint32_data: [32767] }, data: Int16Array.of(32767) },
  { tensor: { elem_type: 5, int_data: [65535] }, data: Uint16Array.of(65535) },
  { tensor: { elem_type: 6, uint32_data: [16256] }, data: Uint16Array.of(16256) },
  { tensor: { elem_type: 7, int_data: [255] }, data: Uint8Array.of(255) },
  { tensor: { elem_type: 7, uint32_data: [0] }, data: Uint8Array.of(0) },
  { tensor: { elem_type: 8, int_data: [-128] }, data: Int8Array.of(-128) },
];

describe("a tensor in another field than its own", () => {
  for (const { tensor, data } of otherWays) {
    it(`is read when the field can hold it: elem_type ${tensor.elem_type} in ${Object.keys(tensor)[1]}`, () => {
      const whole = { ...tensor, shape: [1] };
      assert.deepEqual(generalRequestCodec.decode(bytesOf(whole)).tensors[0]?.data, data);
      assert.deepEqual(generalRequestCodec.decodeJson(jsonOf(whole)).tensors[0]?.data, data);
    });
  }

  it("may have empty lists beside it", () => {
    const tensor = {
      elem_type: 1,
      shape: [1],
      float_data: [2],
      int_data: [],
      data: [],
      tensor_content: Buffer.of(),
    };
    assert.deepEqual(generalRequestCodec.decode(bytesOf(tensor)).tensors[0]?.data, Float32Array.of(2));
    assert.deepEqual(generalRequestCodec.decodeJson(jsonOf(tensor)).tensors[0]?.data, Float32Array.of(2));
  });

  it("needs no field at all when it has no elements", () => {
    for (const [elemType, data] of [
      [1, new Float32Array(0)],
      [20, []],
    ] as const) {
      const tensor = { elem_type: elemType, shape: [0, 4] };
      assert.deepEqual(generalRequestCodec.decode(bytesOf(tensor)).tensors[0]?.data, data);
      assert.deepEqual(generalRequestCodec.decodeJson(jsonOf(tensor)).tensors[0]?.data, data);
    }
  });
});

describe("lod", () => {
  it("may begin with empty sequences", () => {
    const tensor = { shape: [3], int64_data: [1, 2, 3], lod: [0, 0, 2, 0, 0, 0, 3] };
    const { lod } = generalRequestCodec.decode(bytesOf({ ...tensor, lod: [0, 0, 1, 3] })).tensors[0] ?? {};
    assert.deepEqual(lod, [[0, 0, 1, 3]]);
    assert.throws(() => generalRequestCodec.decode(bytesOf(tensor)), /level 0 ends at 2, must end at 3/);
  });

  it("begins a level at each 0", () => {
    const tensor = { shape: [6, 1], int64_data: [1, 2, 3, 4, 5, 6], lod: [0, 2, 5, 0, 1, 3, 4, 5, 6] };
    const lod = [
      [0, 2, 5],
      [0, 1, 3, 4, 5, 6],
    ];
    assert.deepEqual(generalRequestCodec.decode(bytesOf(tensor)).tensors[0]?.lod, lod);
    assert.deepEqual(generalRequestCodec.decodeJson(jsonOf(tensor)).tensors[0]?.lod, lod);
  });
});

function bytesOf(tensor: ProtoObject): Uint8Array {
  return oracleEncode("Request", { tensor: [tensor] });
}

function jsonOf(tensor: ProtoObject): string {
  const { tensor_content: content, ...others } = tensor;
  const base64 =
    content instanceof Uint8Array ? { tensor_content: Buffer.from(content).toString("base64") } : {};
  return JSON.stringify({ tensor: [{ ...others, ...base64 }] });
}

function rawBytes(values: ArrayBufferView): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
