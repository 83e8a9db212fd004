import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import fc from "fast-check";
import type { MessageEncoding } from "./compression.js";
import { frameMessage } from "./frame-message.js";
import { MessageReader } from "./message-reader.js";

const limit = 100_000;

function framed(message: Uint8Array, isCompressed = false): Buffer {
  return Buffer.concat(frameMessage(message, isCompressed));
}

/** Hands over each piece in memory that is overwritten afterwards, as a socket's is. */
function pushAndOverwrite(reader: MessageReader, piece: Uint8Array): void {
  const borrowed = Uint8Array.from(piece);
  reader.push(borrowed);
  borrowed.fill(0xee);
}

function cutAt(body: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const ends = cuts.map((cut) => cut % (body.length + 1)).sort((a, b) => a - b);
  return [...ends, body.length].map((end, i) => body.subarray(i === 0 ? 0 : ends[i - 1], end));
}

function read(body: Uint8Array, encoding: MessageEncoding = "identity"): Uint8Array {
  const reader = new MessageReader({ maxMessageSize: limit });
  reader.start(encoding);
  reader.push(body);
  return reader.finish();
}

describe("MessageReader", () => {
  test("gives the same message for any cut of it, body after body", () => {
    const reader = new MessageReader({ maxMessageSize: limit });
    const message = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.nat(9000).map((size) => Uint8Array.from({ length: size }, (_, i) => i * 31)),
    );
    fc.assert(
      fc.property(message, fc.array(fc.nat(), { maxLength: 8 }), (expected, cuts) => {
        reader.start("identity");
        for (const piece of cutAt(framed(expected), cuts)) pushAndOverwrite(reader, piece);
        assert.deepEqual(new Uint8Array(reader.finish()), expected);
        assert.equal(reader.isCompressed, false);
      }),
      { numRuns: 1000 },
    );
  });

  test("reads a body that comes byte by byte", () => {
    const reader = new MessageReader({ maxMessageSize: limit });
    const message = Uint8Array.from({ length: 300 }, (_, i) => i);
    for (const byte of framed(message)) pushAndOverwrite(reader, Uint8Array.of(byte));
    assert.deepEqual(new Uint8Array(reader.finish()), message);
  });

  test("reads pieces that lie anywhere in their memory", () => {
    const body = framed(Buffer.from("hello"));
    const slab = new Uint8Array(64);
    slab.set(body, 7);
    assert.equal(Buffer.from(read(slab.subarray(7, 7 + body.length))).toString(), "hello");
  });

  test("reads an empty message", () => assert.equal(read(framed(new Uint8Array(0))).length, 0));

  test("says whether the message is compressed, for this body only", () => {
    const reader = new MessageReader({ maxMessageSize: limit });
    reader.start("gzip");
    reader.push(framed(Uint8Array.of(1), true));
    reader.finish();
    assert.equal(reader.isCompressed, true);
    reader.start("gzip");
    reader.push(framed(Uint8Array.of(1)));
    assert.equal(reader.isCompressed, false);
  });

  test("starts afresh after a body that was not finished", () => {
    const reader = new MessageReader({ maxMessageSize: limit });
    reader.push(framed(Uint8Array.of(1, 2, 3)).subarray(0, 6));
    reader.start("identity");
    reader.push(framed(Uint8Array.of(4)));
    assert.deepEqual([...reader.finish()], [4]);
  });

  test("keeps no message it has given away", () => {
    const reader = new MessageReader({ maxMessageSize: limit });
    reader.push(framed(Uint8Array.of(1)));
    const first = reader.finish();
    reader.start("identity");
    reader.push(framed(Uint8Array.of(2)));
    reader.finish();
    assert.deepEqual([...first], [1]);
  });
});

describe("the memory of a message", () => {
  test("is asked for once, with the declared size, before the message has come", () => {
    const sizes: number[] = [];
    const given = new Uint8Array(3);
    const allocate = (size: number): Uint8Array => {
      sizes.push(size);
      return given;
    };
    const reader = new MessageReader({ maxMessageSize: limit, allocate });
    reader.push(Uint8Array.of(0, 0, 0, 0));
    assert.deepEqual(sizes, []);
    reader.push(Uint8Array.of(3));
    assert.deepEqual(sizes, [3]);
    reader.push(Uint8Array.of(7, 8, 9));
    assert.equal(reader.finish(), given);
    assert.deepEqual([[...given], sizes], [[7, 8, 9], [3]]);
  });

  test("is never asked for when the message is too large", () => {
    const allocate = (): never => assert.fail("asked");
    const reader = new MessageReader({ maxMessageSize: 10, allocate });
    assert.throws(() => reader.push(Uint8Array.of(0, 0xff, 0xff, 0xff, 0xff)), {
      code: Code.messageTooLarge,
      message: "Received message larger than max (4294967295 vs 10)",
    });
  });

  test("may be just of the limit", () => {
    const reader = new MessageReader({ maxMessageSize: 10 });
    reader.push(framed(new Uint8Array(10)));
    assert.equal(reader.finish().length, 10);
    reader.start("identity");
    assert.throws(() => reader.push(framed(new Uint8Array(11))), {
      message: "Received message larger than max (11 vs 10)",
    });
  });
});

describe("MessageReader refuses", () => {
  const cases: readonly {
    readonly what: string;
    readonly body: Uint8Array;
    readonly code: Code;
    readonly message: string;
  }[] = [
    {
      what: "a body without a message",
      body: new Uint8Array(0),
      code: Code.methodNotFound,
      message: "expected one message, got none",
    },
    {
      what: "a second message",
      body: Buffer.concat([framed(Uint8Array.of(1)), framed(Uint8Array.of(2))]),
      code: Code.methodNotFound,
      message: "expected one message, got more",
    },
    {
      what: "a byte behind an empty message",
      body: Uint8Array.of(0, 0, 0, 0, 0, 0),
      code: Code.methodNotFound,
      message: "expected one message, got more",
    },
    {
      what: "a prefix that is cut off",
      body: Uint8Array.of(0, 0, 0),
      code: Code.internal,
      message: "the message is cut off: 3 of the 5 bytes of its prefix came",
    },
    {
      what: "a message that is cut off",
      body: Uint8Array.of(0, 0, 0, 0, 9, 1, 2),
      code: Code.internal,
      message: "the message is cut off: 2 of the 9 bytes came",
    },
    {
      what: "a reserved flag",
      body: Uint8Array.of(2, 0, 0, 0, 0),
      code: Code.internal,
      message: "the compressed flag of the message is 2, must be 0 or 1",
    },
    {
      what: "a compressed message without an encoding",
      body: framed(Uint8Array.of(1), true),
      code: Code.internal,
      message: "the message is flagged as compressed, and grpc-encoding names no compression",
    },
  ];
  for (const { what, body, code, message } of cases) {
    test(what, () => assert.throws(() => read(body), { name: "ServeError", code, message }));
  }

  test("the rest of a body it has refused, too, until it starts again", () => {
    const reader = new MessageReader({ maxMessageSize: 10 });
    const tooLarge = Uint8Array.of(0, 0, 0, 1, 0, 1, 2, 3);
    for (let i = 0; i < 3; i++) assert.throws(() => reader.push(tooLarge), { name: "ServeError" });
    reader.start("identity");
    reader.push(framed(Uint8Array.of(5)));
    assert.deepEqual([...reader.finish()], [5]);
  });

  test("any hostile body with a ServeError, or reads it, and never takes more memory than allowed", () => {
    const allocate = (size: number): Uint8Array => {
      assert.ok(size <= 16);
      return new Uint8Array(size);
    };
    const small = fc.uint8Array({ maxLength: 24, max: 20 });
    fc.assert(
      fc.property(small, fc.array(fc.nat(), { maxLength: 4 }), (body, cuts) => {
        const reader = new MessageReader({ maxMessageSize: 16, allocate });
        try {
          for (const piece of cutAt(body, cuts)) reader.push(piece);
          assert.equal(reader.finish().length, body.length - 5);
        } catch (error) {
          assert.equal((error as Error).name, "ServeError");
        }
      }),
    );
  });
});
