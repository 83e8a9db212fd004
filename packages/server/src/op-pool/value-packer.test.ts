import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, type DType, dtypeTable, GeneralBlob, ServeError, type Tensor } from "@paddlewheel/core";
import fc from "fast-check";
import { minTransferBytes, type Ownership, restorePrototypes, ValuePacker } from "./value-packer.js";

/** What arrives on another thread. */
function send(value: unknown, ownership: Ownership = "give"): unknown {
  const packer = new ValuePacker(ownership);
  const packed = packer.pack("it", value);
  const { transferList } = packer;
  const message = structuredClone({ packed, lost: packer.lost }, { transfer: transferList });
  restorePrototypes(message.lost);
  return message.packed;
}

function assertRefused(value: unknown, message: string): void {
  assert.throws(() => send(value), new ServeError(Code.opFailure, message));
}

const large = minTransferBytes / 4;

describe("ValuePacker", () => {
  test("copies a large array that is kept, and hands the copy over", () => {
    const kept = Float32Array.from({ length: large }, (_, i) => i);
    const packer = new ValuePacker("keep");
    packer.pack("it", { kept });
    assert.equal(packer.transferList.length, 1);
    assert.deepEqual(send({ kept }, "keep"), { kept });
    assert.equal(kept.length, large);
  });

  test("hands over a large array that is given", () => {
    const given = new Float32Array(large);
    const { buffer } = new Float32Array(large);
    assert.deepEqual(send([given, buffer]), [new Float32Array(large), new ArrayBuffer(large * 4)]);
    assert.deepEqual([given.length, buffer.byteLength], [0, 0]);
  });

  test("leaves small arrays to be cloned", () => {
    const packer = new ValuePacker("give");
    packer.pack("it", [new Float32Array(large - 1), new ArrayBuffer(4)]);
    assert.deepEqual(packer.transferList, []);
  });

  test("sends of a view its own bytes only, and never gives away a buffer others look into", () => {
    const body = Float32Array.from({ length: 3 * large }, (_, i) => i);
    for (const ownership of ["keep", "give"] as const) {
      for (const length of [2, large]) {
        const view = body.subarray(5, 5 + length);
        const sent = send(view, ownership) as Float32Array;
        assert.deepEqual(sent, view);
        assert.equal(sent.buffer.byteLength, view.byteLength);
      }
    }
    assert.equal(body.length, 3 * large);
  });

  test("copies out of the Buffer pool, and what was a Buffer is one again", () => {
    const pooled = Buffer.from("abc");
    assert.ok(pooled.buffer.byteLength > 3);
    const sent = send({ pooled }) as { pooled: Buffer };
    assert.equal(sent.pooled.toString(), "abc");
    assert.equal(sent.pooled.buffer.byteLength, 3);
    assert.equal(pooled.toString(), "abc");
  });

  test("keeps shared memory shared", () => {
    const flags = new Int32Array(new SharedArrayBuffer(4));
    const sent = send({ flags }) as { flags: Int32Array };
    Atomics.store(sent.flags, 0, 7);
    assert.equal(flags[0], 7);
  });

  test("sends an array once that stands in two places", () => {
    const shared = new Float32Array(large);
    const sent = send([shared, shared, new Uint8Array(shared.buffer)]) as [
      Float32Array,
      Float32Array,
      Uint8Array,
    ];
    assert.equal(sent[0], sent[1]);
    assert.equal(sent[0].buffer, sent[2].buffer);
  });

  test("keeps cycles", () => {
    const ring: { name: string; next?: unknown } = { name: "a" };
    ring.next = [ring];
    const sent = send(ring) as { next: unknown[] };
    assert.equal(sent.next[0], sent);
  });

  test("knows a GeneralBlob of another copy of core by its shape", () => {
    const tensors = new Map();
    const foreign = new (class GeneralBlob {
      tensors = tensors;
    })();
    assert.ok(send(foreign) instanceof GeneralBlob);
  });

  test("refuses what would lose its meaning, and says where it is", () => {
    class Box {}
    class MyBlob extends GeneralBlob {}
    const rest = "only plain data, typed arrays and GeneralBlobs cross threads";
    assertRefused(() => 0, `it is a function; ${rest}`);
    assertRefused({ boxes: [{}, { draw: () => 0 }] }, `it holds a function at boxes[1].draw; ${rest}`);
    assertRefused({ a: Symbol("s") }, `it holds a symbol at a; ${rest}`);
    assertRefused([new Box()], `it holds an instance of Box at [0]; ${rest}`);
    assertRefused(Promise.resolve(1), `it is an instance of Promise; ${rest}`);
    assertRefused(new MyBlob(), `it is an instance of MyBlob; ${rest}`);
    assertRefused(new Map([["a", new Error("e")]]), `it holds an instance of Error at a; ${rest}`);
    assertRefused(
      new Map([[{}, new Set([Box])]]),
      `it holds a function at (key of type object).(a member); ${rest}`,
    );
    assertRefused(Object.create({}), `it is an instance of Object; ${rest}`);
  });

  test("refuses arrays whose memory is gone, which nobody could receive", () => {
    const reason = "large arrays of an output are handed over: make a new one for each request";
    for (const gone of [new Float32Array(large), new ArrayBuffer(minTransferBytes)]) {
      send({ gone });
      assertRefused({ gone }, `it holds an array whose memory was given away before at gone; ${reason}`);
    }
    assert.deepEqual(send(new Uint8Array(0)), new Uint8Array(0));
  });

  test("refuses what is nested too deep", () => {
    let deep: unknown[] = [];
    for (let i = 0; i < 200; i++) deep = [deep];
    assert.deepEqual(send(deep), deep);
    assert.throws(() => send([deep]), {
      message: /^it holds something at .*; it is nested deeper than 200 levels$/,
    });
  });

  test("brings any value over unchanged, and changes none that is kept", () => {
    fc.assert(
      fc.property(makeAny, (make) => {
        const kept = make();
        assert.deepEqual(send(kept, "keep"), make());
        assert.deepEqual(kept, make());
        assert.deepEqual(send(make(), "give"), make());
      }),
      { numRuns: 300 },
    );
  });
});

/** Makes the same value each time: packing may take the one it is given apart. */
type Make = () => unknown;

const makePrimitive: fc.Arbitrary<Make> = fc
  .oneof(fc.string(), fc.double(), fc.bigInt(), fc.boolean(), fc.constantFrom(null, undefined))
  .map((value) => () => value);

const arrayTypes = [Uint8Array, Int16Array, Float32Array, Float64Array, BigInt64Array, DataView] as const;
type ArrayType = new (buffer: ArrayBuffer, byteOffset: number, length: number) => ArrayBufferView;

const makeArray: fc.Arbitrary<() => ArrayBufferView> = fc
  .record({
    type: fc.constantFrom<ArrayType | "Buffer">(...arrayTypes, "Buffer"),
    length: fc.oneof(fc.nat(20), fc.integer({ min: 2000, max: 5000 })),
    skip: fc.nat(2),
  })
  .map(({ type, length, skip }) => () => {
    const { buffer } = Uint8Array.from({ length: (length + skip) * 8 }, (_, i) => (i * 37) % 251);
    return type === "Buffer" ? Buffer.from(buffer, skip * 8, length) : new type(buffer, skip * 8, length);
  });

const makeTensor: fc.Arbitrary<() => Tensor> = fc
  .record({
    dtype: fc.constantFrom(...(Object.keys(dtypeTable) as DType[])),
    rows: fc.oneof(fc.nat(3), fc.constant(6000)),
    hasLod: fc.boolean(),
  })
  .map(({ dtype, rows, hasLod }) => () => {
    const { arrayType, arrayStride } = dtypeTable[dtype];
    const data = arrayType
      ? new arrayType(rows * arrayStride).fill((dtype === "int64" ? 7n : 7) as never)
      : Array.from({ length: rows }, (_, i) => `text ${i}`);
    return { dtype, shape: [rows], data, ...(hasLod ? { lod: [[0, rows]] } : {}) };
  });

const makeBlob: fc.Arbitrary<() => GeneralBlob> = fc
  .record({
    tensors: fc.array(fc.tuple(fc.string(), makeTensor), { maxLength: 3 }),
    timeStamps: fc.array(fc.nat()),
    sequences: fc.array(fc.tuple(fc.string(), fc.array(fc.nat()))),
  })
  .map(({ tensors, timeStamps, sequences }) => () => {
    const made = tensors.map(([name, make]): [string, Tensor] => [name, make()]);
    return new GeneralBlob(new Map(made), { timeStamps, sequences: new Map(sequences) });
  });

const { makeAny } = fc.letrec<{ makeAny: Make }>((tie) => {
  const makeMany = fc.array(tie("makeAny"), { maxLength: 4 });
  const makeFields = fc.array(fc.tuple(fc.oneof(fc.string(), fc.constant("__proto__")), tie("makeAny")), {
    maxLength: 4,
  });
  return {
    makeAny: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      makePrimitive,
      makeArray,
      makeBlob,
      // An invalid date arrives as one, but equals nothing, itself included.
      fc.date({ noInvalidDate: true }).map((date) => () => date),
      makeMany.map((makes) => () => makes.map((make) => make())),
      makeMany.map((makes) => () => new Set(makes.map((make) => make()))),
      makeFields.map((fields) => () => new Map(fields.map(([name, make]) => [name, make()]))),
      makeFields.map((fields) => () => Object.fromEntries(fields.map(([name, make]) => [name, make()]))),
      makeFields.map((fields) => () => {
        const bare: Record<string, unknown> = Object.create(null);
        for (const [name, make] of fields) bare[name] = make();
        return bare;
      }),
    ),
  };
});
