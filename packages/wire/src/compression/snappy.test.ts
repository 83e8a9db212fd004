import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import fc from "fast-check";
import { packSnappy, unpackSnappy } from "./snappy.js";

const exceeded = () => new ServeError(Code.messageTooLarge, "too large");
const unpack = (block: Uint8Array, maxSize = 1 << 24) => unpackSnappy(block, { maxSize, exceeded });
const bytes = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex");

describe("packSnappy", () => {
  test("makes what unpackSnappy reads, of anything", () => {
    const repetitive = fc
      .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 80 }), fc.nat({ max: 40 })))
      .map((runs) => Buffer.concat(runs.flatMap(([run, times]) => Array(times).fill(run))));
    fc.assert(
      fc.property(fc.oneof(repetitive, fc.uint8Array({ maxLength: 3000 })), (message) => {
        assert.deepEqual(Buffer.from(unpack(packSnappy(message))), Buffer.from(message));
      }),
    );
  });

  test("packs messages of several parts, and literals of every length of length", () => {
    for (const size of [0, 1, 59, 60, 61, 256, 257, 65_536, 65_537, 300_000]) {
      const random = Buffer.from(
        Uint32Array.from({ length: size }, (_, i) => Math.imul(i, 2654435761) >>> 13),
      );
      assert.ok(Buffer.from(unpack(packSnappy(random))).equals(random), `${size} numbers that do not repeat`);
      const same = Buffer.alloc(size, 7);
      const packed = packSnappy(same);
      assert.ok(Buffer.from(unpack(packed)).equals(same), `${size} times the same`);
      assert.ok(packed.length < 16 + size / 20, `${packed.length} bytes for ${size} times the same`);
    }
  });
});

describe("unpackSnappy", () => {
  test("reads what brpc sends", () => {
    const block = bytes(
      "2f5c0a2d0a1a12042041cd3f50015a0201016a05707269636572090740120f67656e6572616c5f696e6665725f30",
    );
    const message = bytes(
      "0a2d0a1a12042041cd3f50015a0201016a057072696365720570726963650a".slice(0, -2) +
        "120f67656e6572616c5f696e6665725f30",
    );
    assert.equal(Buffer.from(unpack(block)).toString("hex"), message.toString("hex"));
  });

  test("reads copies of each kind, and those that repeat themselves", () => {
    assert.equal(Buffer.from(unpack(bytes("06 04 6162 01 02"))).toString(), "ababab");
    assert.equal(Buffer.from(unpack(bytes("06 04 6162 0e 0200"))).toString(), "ababab");
    assert.equal(Buffer.from(unpack(bytes("06 04 6162 0f 02000000"))).toString(), "ababab");
  });

  for (const [what, hex, why] of [
    ["nothing", "", "it has no length"],
    ["a length without end", "ffffffffff01", "it has no length"],
    ["a literal cut off", "05 10 6162", "it is too short"],
    ["a literal whose length is cut off", "05 f4", "it is too short"],
    ["a literal longer than declared", "01 04 6162", "it is too long"],
    ["a copy cut off", "06 04 6162 0e 02", "it is too short"],
    ["a copy from before the start", "06 04 6162 01 03", "a copy points before its start"],
    ["a copy of what is not there yet", "06 04 6162 01 00", "a copy points before its start"],
    ["a copy longer than declared", "05 04 6162 01 02", "it is too long"],
    ["less than declared", "06 04 6162", "it is too short"],
    ["far more declared than so few bytes can become", "80808008 00 61", "it is too short"],
  ] as const) {
    test(`refuses ${what}`, () => {
      const message = `the message is no snappy block: ${why}`;
      assert.throws(() => unpack(bytes(hex)), { code: Code.malformedRequest, message });
    });
  }

  test("refuses more than it may become before it asks for memory", () => {
    assert.throws(() => unpack(bytes("ffffffff0f 00"), 1000), { message: "too large" });
  });

  test("throws a ServeError or unpacks, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (block) => {
        try {
          unpack(block, 10_000);
        } catch (error) {
          assert.ok(error instanceof ServeError);
        }
      }),
    );
  });
});
