import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BlockReader } from "./block-reader.js";
import { BlockWriter } from "./block-writer.js";
import { HpackError } from "./hpack-error.js";
import { hex } from "./testing/field-lines.js";

function writeInteger(value: number, prefixBits: number): Uint8Array {
  const writer = new BlockWriter([]);
  writer.writeInteger(value, prefixBits, 0);
  return writer.bytes();
}

// RFC 7541, C.1.
const integers: [number, number, string][] = [
  [10, 5, "0a"],
  [1337, 5, "1f9a0a"],
  [42, 8, "2a"],
  [30, 5, "1e"],
  [31, 5, "1f00"],
  [158, 5, "1f7f"],
  [159, 5, "1f8001"],
];

for (const [value, prefixBits, bytes] of integers) {
  test(`${value} with a prefix of ${prefixBits} bits is ${bytes}, both ways`, () => {
    assert.deepEqual(writeInteger(value, prefixBits), hex(bytes));
    assert.equal(new BlockReader(hex(bytes)).readInteger(prefixBits), value);
  });
}

test("the bits above the prefix are flags, and no part of the integer", () => {
  assert.equal(new BlockReader(hex("ea")).readInteger(5), 10);
  assert.equal(new BlockReader(hex("ff9a0a")).readInteger(5), 1337);
});

test("any integer below 2^28 comes back with every prefix", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 28 - 1), fc.integer({ min: 4, max: 7 }), (value, prefixBits) => {
      assert.equal(new BlockReader(writeInteger(value, prefixBits)).readInteger(prefixBits), value);
    }),
  );
});

test("an integer may be written longer than it need be, within the limit", () => {
  assert.equal(new BlockReader(hex("1f9a8a8000")).readInteger(5), 1337);
});

const malformed: [string, string, (reader: BlockReader) => unknown, string][] = [
  [
    "an integer that never ends",
    "1fffffffffff",
    (reader) => reader.readInteger(5),
    "an integer goes on for more than 4 bytes after its prefix",
  ],
  [
    "an integer with endless zeros",
    "1f8080808000",
    (reader) => reader.readInteger(5),
    "an integer goes on for more than 4 bytes after its prefix",
  ],
  ["an integer cut off", "1f80", (reader) => reader.readInteger(5), "a header block ends inside an integer"],
  [
    "a string that is not there",
    "",
    (reader) => reader.readString(),
    "a header block ends where a string should begin",
  ],
  [
    "a string cut off",
    "056162",
    (reader) => reader.readString(),
    "a header block ends inside a string: 5 bytes announced, 2 left",
  ],
  [
    "a Huffman-coded string cut off",
    "8cf1e3",
    (reader) => reader.readString(),
    "a header block ends inside a string: 12 bytes announced, 2 left",
  ],
];

for (const [what, bytes, read, message] of malformed) {
  test(`${what} is refused`, () => {
    assert.throws(() => read(new BlockReader(hex(bytes))), new HpackError(message));
  });
}

test("a string longer than any buffer at hand comes back whole", () => {
  const text = "a".repeat(100_000);
  const writer = new BlockWriter([{ name: "", value: text }]);
  writer.writeString(text, "name");
  assert.equal(new BlockReader(writer.bytes()).readString(), text);
});

test("a block in an array that is no Buffer reads the same, where it stands", () => {
  const whole = Uint8Array.of(0xff, 0x02, 0x61, 0xe9, 0xff);
  assert.equal(new BlockReader(whole.subarray(1, 4)).readString(), "a\u00e9");
});
