import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import { Code } from "@paddlewheel/core";
import fc from "fast-check";
import {
  acceptedEncodings,
  compressMessage,
  decompressMessage,
  parseMessageEncoding,
  pickMessageEncoding,
} from "./compression.js";

const MiB = 1024 * 1024;
const limit = 64 * MiB;
const encodings = ["gzip", "deflate"] as const;

/** Bytes that do not pack. */
function noise(size: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 16;
  });
}

describe("parseMessageEncoding", () => {
  test("knows each of the accepted encodings, and identity when there is none", () => {
    for (const name of acceptedEncodings.split(","))
      assert.equal(parseMessageEncoding(name, "request"), name);
    assert.equal(parseMessageEncoding(undefined, "request"), "identity");
  });

  for (const [side, code] of [
    ["request", Code.methodNotFound],
    ["response", Code.internal],
  ] as const) {
    test(`refuses others in a ${side}`, () => {
      assert.throws(() => parseMessageEncoding("snappy", side), {
        code,
        message: 'grpc-encoding: "snappy" is not known, send identity, deflate or gzip',
      });
    });
  }
});

describe("pickMessageEncoding", () => {
  for (const [accepted, picked] of [
    [undefined, "identity"],
    ["", "identity"],
    ["identity,snappy", "identity"],
    ["xgzip", "identity"],
    ["identity,deflate", "deflate"],
    ["identity, deflate, gzip", "gzip"],
  ] as const) {
    test(`picks ${picked} of ${accepted}`, () => assert.equal(pickMessageEncoding(accepted), picked));
  }
});

for (const encoding of encodings) {
  describe(`a message in ${encoding}`, () => {
    test("is the same after packing and unpacking, whatever its size", async () => {
      const message = fc
        .tuple(fc.nat(60_000), fc.uint8Array({ minLength: 1, maxLength: 50 }))
        .map(([size, pattern]) =>
          Uint8Array.from({ length: size }, (_, i) => pattern[i % pattern.length] ?? 0),
        );
      await fc.assert(
        fc.asyncProperty(message, async (expected) => {
          const { bytes, isCompressed } = await compressMessage(expected, encoding);
          const back = isCompressed
            ? await decompressMessage(bytes, { encoding, maxMessageSize: limit })
            : bytes;
          assert.deepEqual(new Uint8Array(back), expected);
        }),
        { numRuns: 60 },
      );
    });

    test("is packed where that helps, and left as it is where not", async () => {
      const flags = async (message: Uint8Array): Promise<boolean> =>
        (await compressMessage(message, encoding)).isCompressed;
      assert.equal(await flags(new Uint8Array(511)), false);
      assert.equal(await flags(new Uint8Array(512)), true);
      assert.equal(await flags(noise(2000)), false);
      assert.equal(await flags(noise(40_000)), false);
      assert.equal(await flags(new Uint8Array(40_000)), true);
    });

    test("unpacks when the threads of zlib do it, too", async () => {
      const message = noise(100_000);
      const packed = encoding === "gzip" ? gzipSync(message) : deflateSync(message);
      const back = await decompressMessage(packed, { encoding, maxMessageSize: 100_000 });
      assert.deepEqual(new Uint8Array(back), message);
    });

    test("is empty when it has no bytes", async () => {
      const back = await decompressMessage(new Uint8Array(0), { encoding, maxMessageSize: limit });
      assert.equal(back.length, 0);
    });

    const packed = encoding === "gzip" ? gzipSync(noise(1000)) : deflateSync(noise(1000));
    const large = encoding === "gzip" ? gzipSync(noise(50_000)) : deflateSync(noise(50_000));
    for (const [what, bytes] of [
      ["other bytes", Buffer.from("not packed at all")],
      ["many other bytes", noise(50_000)],
      ["half of it", packed.subarray(0, 500)],
      ["half of a large one", large.subarray(0, 25_000)],
      ["a changed byte", Buffer.from(packed).fill(0x55, 600, 601)],
    ] as const) {
      test(`is refused when it is ${what}`, async () => {
        await assert.rejects(decompressMessage(bytes, { encoding, maxMessageSize: limit }), {
          name: "ServeError",
          code: Code.internal,
          message: `the message: grpc-encoding is ${encoding}, the bytes are not`,
        });
      });
    }
  });
}

describe("decompressMessage limits", () => {
  const options = (maxMessageSize: number) => ({ encoding: "gzip", maxMessageSize }) as const;

  test("the size after unpacking", async () => {
    const small = gzipSync(new Uint8Array(1000));
    assert.equal((await decompressMessage(small, options(1000))).length, 1000);
    const tooLarge = {
      code: Code.messageTooLarge,
      message: "Received message larger than max (more unpacked vs 999)",
    };
    await assert.rejects(decompressMessage(small, options(999)), tooLarge);
    const large = gzipSync(noise(50_000));
    await assert.rejects(decompressMessage(large, options(999)), tooLarge);
  });

  test("the ratio, above 1 MiB", async () => {
    const bomb = gzipSync(new Uint8Array(MiB));
    assert.equal((await decompressMessage(bomb, options(limit))).length, MiB);
    const larger = gzipSync(new Uint8Array(MiB + 1));
    await assert.rejects(decompressMessage(larger, options(limit)), {
      code: Code.messageTooLarge,
      message: `a message of ${larger.length} bytes unpacks to more than 1048576; send it uncompressed`,
    });
  });

  test("a bomb that is large itself to 100 times its size", async () => {
    const bomb = gzipSync(new Uint8Array(20 * MiB));
    assert.ok(bomb.length > 16 * 1024);
    await assert.rejects(decompressMessage(bomb, options(limit)), {
      message: `a message of ${bomb.length} bytes unpacks to more than ${bomb.length * 100}; send it uncompressed`,
    });
  });
});

test("an identity message passes both ways as it is", async () => {
  const message = new Uint8Array(2000);
  assert.deepEqual(await compressMessage(message, "identity"), { bytes: message, isCompressed: false });
  assert.equal(await decompressMessage(message, { encoding: "identity", maxMessageSize: 1 }), message);
});
