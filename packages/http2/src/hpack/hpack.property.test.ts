import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type HeaderField, headerFieldSize } from "./header-field.js";
import { HpackDecoder } from "./hpack-decoder.js";
import { HpackEncoder } from "./hpack-encoder.js";
import { HpackError } from "./hpack-error.js";

const latin1 = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString("latin1"));
const name = fc.oneof(fc.constantFrom(":path", "te", "grpc-timeout", "x-a", "x-b", "cookie"), latin1);
const long = fc.integer({ min: 500, max: 5000 }).map((length) => "long".repeat(length / 4));
const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("", "/", "trailers", "1", "2", "3") },
  { weight: 2, arbitrary: latin1 },
  { weight: 1, arbitrary: long },
);
const plain = { noNullPrototype: true };
const field: fc.Arbitrary<HeaderField> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ name, value }, plain) },
  { weight: 1, arbitrary: fc.record({ name, value, isSensitive: fc.constant(true) }, plain) },
);
const list = fc.array(field, { maxLength: 12 });
const tableSize = fc.oneof(fc.constantFrom(0, 4096, 8192), fc.nat(8192));

/** Lists to send, some of them again and again, and sizes that the decoding side announces in between. */
const session = fc
  .array(list, { minLength: 1, maxLength: 6 })
  .chain((lists) => fc.array(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...lists) }, tableSize)));

const unlimited = { maxListSize: 1e9, maxFields: 1e9 };

test("what is encoded is decoded the same, block after block, through all changes of the table's size", () => {
  fc.assert(
    fc.property(session, tableSize, (steps, maxTableSize) => {
      const encoder = new HpackEncoder({ maxTableSize });
      const decoder = new HpackDecoder({ maxTableSize: 8192, ...unlimited });
      for (const step of steps) {
        if (typeof step === "number") encoder.setMaxTableSize(step);
        else assert.deepEqual(decoder.decode(encoder.encode(step)).fields, step);
      }
    }),
    { numRuns: 500 },
  );
});

/** Bytes that look like header blocks more often than not. */
const likelyByte = fc.oneof(
  fc.nat(255),
  fc.integer({ min: 0x80, max: 0xc8 }),
  fc.constantFrom(0x40, 0x00, 0x10, 0x01, 0x02, 0x81, 0x82),
);
const arbitraryBlock = fc.array(likelyByte, { maxLength: 200 }).map((bytes) => Uint8Array.from(bytes));
const limits = { maxListSize: 500, maxFields: 8 };

function assertWithinLimits(fields: readonly HeaderField[]): void {
  const size = fields.reduce((sum, each) => sum + headerFieldSize(each), 0);
  assert.ok(size <= limits.maxListSize, `${size} bytes`);
  assert.ok(fields.length <= limits.maxFields, `${fields.length} fields`);
}

test("any bytes give a list within the limits or an HpackError", () => {
  fc.assert(
    fc.property(fc.array(arbitraryBlock, { minLength: 1, maxLength: 5 }), (blocks) => {
      const decoder = new HpackDecoder(limits);
      try {
        for (const block of blocks) assertWithinLimits(decoder.decode(block).fields);
      } catch (error) {
        assert.ok(error instanceof HpackError, String(error));
      }
    }),
    { numRuns: 3000 },
  );
});

test("a block with one byte changed gives a list within the limits or an HpackError", () => {
  fc.assert(
    fc.property(list, fc.nat(), fc.nat(255), (fields, at, byte) => {
      const block = new HpackEncoder().encode(fields);
      if (block.length > 0) block[at % block.length] = byte;
      try {
        assertWithinLimits(new HpackDecoder(limits).decode(block).fields);
      } catch (error) {
        assert.ok(error instanceof HpackError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});

/** Fields that read the table and fields that change it; the first block makes every index valid. */
const representation = fc.constantFrom("82", "be", "bf", "c0", "4001610162", "4001630164", "0001650166");
const opening = "400131013140013201324001330133";

test("blocks that come again and again read like one long block", () => {
  const blocks = fc.array(fc.array(representation, { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 3,
  });
  const sequence = blocks.chain((each) => fc.array(fc.constantFrom(...each), { maxLength: 16 }));
  fc.assert(
    fc.property(sequence, (rest) => {
      const all = [opening, ...rest.map((block) => block.join(""))].map((block) => Buffer.from(block, "hex"));
      const decoder = new HpackDecoder(unlimited);
      const fields = all.flatMap((block) => decoder.decode(block).fields);
      assert.deepEqual(fields, new HpackDecoder(unlimited).decode(Buffer.concat(all)).fields);
    }),
    { numRuns: 500 },
  );
});
