import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dtypeTable } from "@paddlewheel/core";
import fc from "fast-check";
import type { GeneralRequest, GeneralTensor } from "./message.js";
import { generalRequestCodec } from "./request-codec.js";

const dtypes = ["float32", "float64", "float16", "int16", "uint8", "complex64", "complex128"] as const;

/** Float types go out as lists, the narrow ones as tensor_content. */
const tensor: fc.Arbitrary<GeneralTensor> = fc
  .tuple(fc.constantFrom(...dtypes), fc.nat(3000), fc.string({ maxLength: 5 }))
  .map(([dtype, count, name]) => {
    const { arrayType, arrayStride } = dtypeTable[dtype];
    assert.ok(arrayType);
    const bytes = Uint8Array.from(
      { length: count * arrayStride * arrayType.BYTES_PER_ELEMENT },
      (_, i) => i % 113,
    );
    return {
      name,
      aliasName: name,
      dtype,
      shape: [count],
      data: new arrayType(bytes.buffer, 0, count * arrayStride),
    };
  });

const request: fc.Arbitrary<GeneralRequest> = fc.record(
  {
    tensors: fc.array(tensor, { maxLength: 4 }),
    fetchVarNames: fc.array(fc.string({ maxLength: 5 }), { maxLength: 2 }),
    profileServer: fc.boolean(),
    logId: fc.bigInt(0n, 2n ** 64n - 1n),
  },
  { noNullPrototype: true },
);

/** A copy of `bytes` that begins `offset` bytes into its buffer. */
function atOffset(bytes: Uint8Array, offset: number): Uint8Array {
  const copy = new Uint8Array(new ArrayBuffer(bytes.length + offset), offset);
  copy.set(bytes);
  return copy;
}

describe("a message whose bytes the codec owns", () => {
  it("is the same as one whose bytes it may only read, wherever they lie", () => {
    fc.assert(
      fc.property(request, fc.nat(7), (message, offset) => {
        const bytes = generalRequestCodec.encode(message);
        assert.deepEqual(generalRequestCodec.decode(atOffset(bytes, offset), true), message);
      }),
    );
  });

  it("takes no memory for long lists of floats: they move within the bytes", () => {
    const data = Float32Array.from({ length: 1000 }, (_, i) => i);
    const floats = { name: "x", aliasName: "x", dtype: "float32", shape: [1000], data } as const;
    const message = { tensors: [floats], fetchVarNames: [], profileServer: false, logId: 0n };
    for (let offset = 0; offset < 4; offset++) {
      const bytes = atOffset(generalRequestCodec.encode(message), offset);
      const read = generalRequestCodec.decode(bytes, true).tensors[0]?.data as Float32Array;
      assert.equal(read.buffer, bytes.buffer);
      assert.deepEqual(read, data);
    }
  });

  it("keeps what lies around it in its buffer", () => {
    const data = new Float32Array(1000);
    const floats = { name: "x", aliasName: "x", dtype: "float32", shape: [1000], data } as const;
    const message = { tensors: [floats], fetchVarNames: [], profileServer: false, logId: 0n };
    const bytes = generalRequestCodec.encode(message);
    const slab = new Uint8Array(bytes.length + 20).fill(7);
    slab.set(bytes, 9);
    generalRequestCodec.decode(slab.subarray(9, 9 + bytes.length), true);
    assert.deepEqual([...slab.subarray(0, 9), ...slab.subarray(-11)], new Array(20).fill(7));
  });
});
