import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type DType, dtypeTable, type Tensor } from "@paddlewheel/core";
import fc from "fast-check";
import { tensor, tensors, variable, zeros } from "../testing/tensors.js";
import { BufferPool, minTransferBytes } from "./buffer-pool.js";
import { type Ownership, packTensors, transferredBuffers, unpackTensors } from "./tensor-transfer.js";

const large = minTransferBytes / 4;
const x = [variable("x", "float32", ["N"])];

/** What arrives on another thread. */
function send(variables: typeof x, byName: Record<string, Tensor>, ownership: Ownership) {
  const { tensors: packed, transferList } = packTensors(variables, tensors(byName), { ownership });
  return unpackTensors(variables, structuredClone(packed, { transfer: transferList }));
}

describe("packTensors", () => {
  test("copies a large tensor that is kept, and hands the copy over", () => {
    const given = zeros(large);
    const { tensors: packed, transferList } = packTensors(x, tensors({ x: given }), { ownership: "keep" });
    assert.equal(transferList.length, 1);
    assert.notEqual(transferList[0], given.data);
    structuredClone(packed, { transfer: transferList });
    assert.equal(given.data.length, large);
  });

  test("hands over a large tensor that is given away as it is", () => {
    const given = zeros(large);
    const { tensors: packed, transferList } = packTensors(x, tensors({ x: given }), { ownership: "give" });
    assert.equal(packed.data[0], given.data);
    assert.deepEqual(transferList, [(given.data as Float32Array).buffer]);
  });

  test("copies into a buffer that came back from an earlier run", () => {
    const buffers = new BufferPool();
    const used = new ArrayBuffer(large * 4);
    buffers.give(used);
    const given = tensor(
      "float32",
      [large],
      Float32Array.from({ length: large }, (_, i) => i),
    );
    const { tensors: packed, transferList } = packTensors(x, tensors({ x: given }), {
      ownership: "keep",
      buffers,
    });
    assert.deepEqual(transferList, [used]);
    assert.deepEqual(packed.data[0], given.data);
  });

  test("tells which buffers may go back, and leaves out those that leave otherwise", () => {
    const variables = [
      variable("a", "float32", ["N"]),
      variable("b", "float32", ["N"]),
      variable("c", "float32", ["N"]),
    ];
    const given = { a: zeros(large), b: zeros(large), c: zeros(2) };
    const { tensors: packed, transferList } = packTensors(variables, tensors(given), { ownership: "keep" });
    assert.deepEqual(transferredBuffers(packed, []), transferList);
    assert.deepEqual(transferredBuffers(packed, transferList.slice(0, 1)), transferList.slice(1));
  });

  test("leaves small tensors to be cloned", () => {
    for (const ownership of ["keep", "give"] as const) {
      const { transferList } = packTensors(x, tensors({ x: zeros(large - 1) }), { ownership });
      assert.deepEqual(transferList, []);
    }
  });

  test("sends of a view its own bytes only, and never gives away a buffer others look into", () => {
    const body = Float32Array.from({ length: 3 * large }, (_, i) => i);
    for (const ownership of ["keep", "give"] as const) {
      for (const length of [2, large]) {
        const view = body.subarray(5, 5 + length);
        const sent = send(x, { x: tensor("float32", [length], view) }, ownership).get("x")
          ?.data as Float32Array;
        assert.deepEqual(sent, view);
        assert.equal(sent.buffer.byteLength, view.byteLength);
        assert.equal(body.length, 3 * large);
      }
    }
  });

  test("copies out of pooled Buffers and of shared memory", () => {
    const pooled = tensor("uint8", [3], Buffer.from([1, 2, 3]));
    const bytes = send([variable("x", "uint8", [3])], { x: pooled }, "keep").get("x")?.data as Uint8Array;
    assert.deepEqual([bytes.buffer.byteLength, ...bytes], [3, 1, 2, 3]);
    const shared = tensor("float32", [large], new Float32Array(new SharedArrayBuffer(large * 4)));
    const sent = send(x, { x: shared }, "give").get("x")?.data as Float32Array;
    assert.ok(sent.buffer instanceof ArrayBuffer);
  });

  test("sends a buffer two tensors share only once", () => {
    const shared = zeros(large);
    const both = [variable("a", "float32", ["N"]), variable("b", "float32", ["N"])];
    const sent = send(both, { a: shared, b: shared }, "give");
    assert.deepEqual([sent.get("a"), sent.get("b")], [zeros(large), zeros(large)]);
  });

  test("fails on a tensor that is not there", () => {
    assert.throws(
      () => packTensors(x, tensors({}), { ownership: "give" }),
      new Error('no tensor "x" to pack'),
    );
  });

  test("brings any tensor over unchanged", () => {
    const dtypes = Object.keys(dtypeTable) as DType[];
    const length = fc.oneof(fc.nat(3), fc.nat(6000));
    const offset = fc.nat(2);
    const ownership = fc.constantFrom<Ownership>("keep", "give");
    fc.assert(
      fc.property(fc.constantFrom(...dtypes), length, offset, ownership, (dtype, count, skip, whose) => {
        const { arrayType, arrayStride } = dtypeTable[dtype];
        const numbers = count * arrayStride;
        const data = arrayType
          ? new arrayType(randomBytes((numbers + skip) * 8), skip * arrayType.BYTES_PER_ELEMENT, numbers)
          : Array.from({ length: count }, (_, i) => `text ${i}`);
        const given = tensor(dtype, [count], data);
        const before = structuredClone(given);
        const sent = send([variable("x", dtype, ["N"])], { x: given }, whose);
        assert.deepEqual(sent.get("x"), before);
      }),
      { numRuns: 200 },
    );
  });
});

function randomBytes(length: number): ArrayBuffer {
  return Uint8Array.from({ length }, (_, i) => (i * 37) % 251).buffer;
}
