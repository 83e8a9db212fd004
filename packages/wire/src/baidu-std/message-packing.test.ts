import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { Code } from "@paddlewheel/core";
import { packMessage, unpackMessage } from "./message-packing.js";
import { CompressType } from "./rpc-meta.js";

const { none, snappy, gzip, zlib } = CompressType;
const maxMessageSize = 64 * 1024 * 1024;
const unpack = async (bytes: Uint8Array, compressType: number, max = maxMessageSize) =>
  Buffer.from(await unpackMessage(bytes, { compressType, maxMessageSize: max }));

const words = Buffer.from("served words ".repeat(10_000));

for (const [name, compressType] of [
  ["snappy", snappy],
  ["gzip", gzip],
  ["zlib", zlib],
] as const) {
  describe(name, () => {
    for (const size of [512, 16_000, words.length]) {
      test(`packs and unpacks ${size} bytes`, async () => {
        const message = words.subarray(0, size);
        const packed = await packMessage(message, compressType);
        assert.equal(packed.compressType, compressType);
        assert.ok(packed.bytes.length < size / 2);
        assert.ok((await unpack(packed.bytes, compressType)).equals(message));
      });
    }

    test("leaves short messages, and those that do not become shorter, as they are", async () => {
      const random = Buffer.from(Array.from({ length: 600 }, (_, i) => Math.imul(i, 2654435761) >>> 24));
      const packed = (await packMessage(random, compressType)).bytes;
      for (const message of [words.subarray(0, 511), packed]) {
        assert.deepEqual(await packMessage(message, compressType), { bytes: message, compressType: none });
      }
    });

    test("nothing is an empty message", async () => {
      assert.equal((await unpack(Buffer.alloc(0), compressType)).length, 0);
    });

    test("refuses to unpack beyond the limit", async () => {
      const { bytes } = await packMessage(words, compressType);
      await assert.rejects(() => unpack(bytes, compressType, 1000), {
        code: Code.messageTooLarge,
        message: "Received message larger than max (more unpacked vs 1000)",
      });
    });

    test("answers at once when the message is small", () => {
      assert.ok(!(packMessage(words.subarray(0, 1000), compressType) instanceof Promise));
    });
  });
}

describe("unpackMessage", () => {
  test("reads what brpc sends", async () => {
    const message = "080115cdcccc3d";
    for (const [compressType, hex] of [
      [none, message],
      [snappy, `0718${message}`],
      [gzip, "1f8b0800000000000003e360143d7be68c2d00e2d76aee07000000"],
      [zlib, "789ce360143d7be68c2d00081b02c1"],
    ] as const) {
      assert.equal((await unpack(Buffer.from(hex, "hex"), compressType)).toString("hex"), message);
    }
  });

  test("refuses bytes that are not of their type", async () => {
    for (const [compressType, hex, message] of [
      [snappy, "0104616263", "the message is no snappy block: it is too long"],
      [gzip, "080115cdcccc3d", "the message: compress_type is 2 (gzip), the bytes are not"],
      [gzip, "789ce360143d7be68c2d00081b02c1", "the message: compress_type is 2 (gzip), the bytes are not"],
      [zlib, "080115cdcccc3d", "the message: compress_type is 3 (zlib), the bytes are not"],
    ] as const) {
      const expected = { code: Code.malformedRequest, message };
      await assert.rejects(() => unpack(Buffer.from(hex, "hex"), compressType), expected);
    }
  });

  test("refuses types nobody knows", async () => {
    for (const compressType of [4, 77, -1]) {
      await assert.rejects(() => unpack(words, compressType), {
        code: Code.malformedRequest,
        message: `compress_type: ${compressType} is not known, send 0 (none), 1 (snappy), 2 (gzip) or 3 (zlib)`,
      });
    }
  });

  test("refuses a bomb, large or small", async () => {
    for (const size of [2 * 1024 * 1024, 50 * 1024 * 1024]) {
      const bomb = gzipSync(Buffer.alloc(size));
      const limit = Math.max(1024 * 1024, bomb.length * 100);
      await assert.rejects(() => unpack(bomb, gzip), {
        code: Code.messageTooLarge,
        message: `a message of ${bomb.length} bytes unpacks to more than ${limit}; send it uncompressed`,
      });
    }
  });
});
