import assert from "node:assert/strict";
import { test } from "node:test";
import { readResponseStatus } from "./header-block.js";

function literal(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
}

test(":status is read from the static table", () => {
  assert.deepEqual(readResponseStatus(Buffer.from([0x88])), { http: "200", grpc: undefined });
  assert.deepEqual(readResponseStatus(Buffer.from([0x8d])), { http: "404", grpc: undefined });
});

test(":status is read from a literal with a static name", () => {
  assert.equal(readResponseStatus(Buffer.from([0x08, 3, 0x34, 0x30, 0x33])).http, "403");
});

test("grpc-status is read among other fields", () => {
  const block = Buffer.concat([
    literal("grpc-message", "no"),
    literal("grpc-status", "13"),
    literal("x", "y"),
  ]);
  assert.equal(readResponseStatus(block).grpc, "13");
});

test("grpc-status in Huffman code is read when it is 0 and is not taken for 0 otherwise", () => {
  const name = Buffer.from("40889acac8b21234da8f", "hex");
  assert.equal(readResponseStatus(Buffer.concat([name, Buffer.from("8107", "hex")])).grpc, "0");
  assert.equal(readResponseStatus(Buffer.concat([name, Buffer.from("811f", "hex")])).grpc, "Huffman 0x1f");
});

test("a change of table size and long strings are stepped over", () => {
  const block = Buffer.concat([
    Buffer.from([0x20]),
    Buffer.from([0, 1, 0x78, 0x7f, 0x81, 0x01]),
    Buffer.alloc(256, 0x61),
    literal("grpc-status", "0"),
  ]);
  assert.equal(readResponseStatus(block).grpc, "0");
});

test("a reference to the dynamic table is refused", () => {
  assert.throws(() => readResponseStatus(Buffer.from([0x80 | 62])), {
    message: "a header block refers to entry 62, of a dynamic table announced to be empty",
  });
});

test("a block that ends early is refused", () => {
  assert.throws(() => readResponseStatus(Buffer.from([0x00, 5, 0x61])), {
    message: "a header block ends inside a string",
  });
  assert.throws(() => readResponseStatus(Buffer.from([0x00])), {
    message: "a header block ends inside a field",
  });
});
