import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, checkTensor, dtypeTable, type Tensor } from "@paddlewheel/core";
import fc from "fast-check";
import {
  cropSequences,
  isPadded,
  maxPaddedElements,
  padSequences,
  sequenceOffsets,
} from "./padded-sequences.js";

/** Ragged tensors of every type that can be padded: the length of each sequence, and the axes of a row. */
const ragged: fc.Arbitrary<{ tensor: Tensor; offsets: number[] }> = fc
  .record({
    lengths: fc.array(fc.nat(4), { maxLength: 5 }),
    inner: fc.array(fc.nat(3), { maxLength: 2 }),
    info: fc.constantFrom(...Object.values(dtypeTable).filter(({ arrayType }) => arrayType)),
  })
  .map(({ lengths, inner, info: { dtype, arrayType = Uint8Array, arrayStride } }) => {
    const offsets = [0];
    for (const length of lengths) offsets.push((offsets.at(-1) ?? 0) + length);
    const shape = [offsets.at(-1) ?? 0, ...inner];
    const data = new arrayType(shape.reduce((a, b) => a * b, 1) * arrayStride);
    for (const i of data.keys()) data[i] = (typeof data[i] === "bigint" ? BigInt(i + 1) : i + 1) as never;
    return { tensor: { dtype, shape, data, lod: [offsets] }, offsets };
  });

describe("padSequences", () => {
  test("is undone by cropSequences, and gives a legal tensor on the way", () => {
    fc.assert(
      fc.property(ragged, ({ tensor, offsets }) => {
        const padded = padSequences("x", tensor, offsets);
        checkTensor("x", padded);
        assert.equal(isPadded(padded, offsets), true);
        assert.deepEqual(cropSequences(padded, offsets), tensor);
      }),
    );
  });

  test("puts zeros at the end of each sequence that is shorter than the longest", () => {
    const tensor: Tensor = { dtype: "int32", shape: [3, 2], data: Int32Array.of(1, 2, 3, 4, 5, 6) };
    assert.deepEqual(padSequences("x", tensor, [0, 0, 2, 3]), {
      dtype: "int32",
      shape: [3, 2, 2],
      data: Int32Array.of(0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0),
    });
  });

  test("gives an empty tensor for no sequences", () => {
    const none: Tensor = { dtype: "int64", shape: [0, 3], data: new BigInt64Array(0) };
    assert.deepEqual(padSequences("x", none, [0]), { ...none, shape: [0, 0, 3] });
  });

  test("refuses strings, which have no zero", () => {
    const texts: Tensor = { dtype: "string", shape: [1], data: ["a"] };
    assert.throws(() => padSequences("x", texts, [0, 1]), {
      code: Code.invalidArgument,
      message: 'tensor "x": sequences of string cannot be padded',
    });
  });

  test("refuses what would get too large, before it takes the memory", () => {
    const rows = 4097;
    const tensor: Tensor = { dtype: "uint8", shape: [rows], data: new Uint8Array(rows) };
    const offsets = [...new Array(4096).fill(0), rows];
    assert.throws(() => padSequences("x", tensor, offsets), {
      code: Code.invalidArgument,
      message: `tensor "x" padded: shape [4096, 4097] has 16781312 elements, at most ${maxPaddedElements} are allowed`,
    });
  });

  test("takes a million sequences", () => {
    const tensor: Tensor = { dtype: "uint8", shape: [1], data: Uint8Array.of(7) };
    const padded = padSequences("x", tensor, [...new Array(1_000_000).fill(0), 1]);
    assert.deepEqual(padded.shape, [1_000_000, 1]);
    assert.equal(padded.data.at(-1), 7);
  });
});

describe("cropSequences", () => {
  test("crops strings too, which a model may give", () => {
    const tags: Tensor = { dtype: "string", shape: [2, 2], data: ["a", "pad", "b", "c"] };
    assert.deepEqual(cropSequences(tags, [0, 1, 3]), {
      dtype: "string",
      shape: [3],
      data: ["a", "b", "c"],
      lod: [[0, 1, 3]],
    });
  });
});

describe("isPadded", () => {
  const shaped = (shape: number[]): Tensor => ({ dtype: "uint8", shape, data: new Uint8Array(0) });

  test("wants as many sequences, and as long a second axis as the longest of them", () => {
    assert.equal(isPadded(shaped([2, 3, 9]), [0, 3, 4]), true);
    for (const shape of [[], [2], [3, 3], [2, 2], [2, 4]]) {
      assert.equal(isPadded(shaped(shape), [0, 3, 4]), false, `[${shape}]`);
    }
  });
});

describe("sequenceOffsets", () => {
  test("are the outermost level of lod, in rows", () => {
    assert.deepEqual(sequenceOffsets([[0, 2, 5]]), [0, 2, 5]);
    const lod = [
      [0, 1, 3],
      [0, 2, 2, 4],
      [0, 1, 2, 2, 7],
    ];
    assert.deepEqual(sequenceOffsets(lod), [0, 2, 7]);
  });

  test("are none without lod", () => {
    assert.equal(sequenceOffsets([]), undefined);
    assert.equal(sequenceOffsets(undefined), undefined);
  });
});
