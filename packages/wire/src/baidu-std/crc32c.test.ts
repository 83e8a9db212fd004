import assert from "node:assert/strict";
import { test } from "node:test";
import { checksumOf } from "./checksum.js";
import { crc32c } from "./crc32c.js";

// Source of the first four: RFC 3720 appendix B.4.
for (const [what, bytes, expected] of [
  ["32 zeros", Buffer.alloc(32), 0x8a9136aa],
  ["32 ones", Buffer.alloc(32, 0xff), 0x62a8ab43],
  ["32 rising bytes", Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
  ["32 falling bytes", Buffer.from(Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c],
  ["nine digits", Buffer.from("123456789"), 0xe3069283],
  ["nothing", Buffer.alloc(0), 0],
] as const) {
  test(`crc32c of ${what}`, () => assert.equal(crc32c(bytes), expected));
}

test("crc32c goes on from what lies before", () => {
  const bytes = Buffer.from("the message and the attachment behind it");
  for (let cut = 0; cut <= bytes.length; cut++) {
    assert.equal(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut))), crc32c(bytes));
  }
});

test("a checksum travels masked, as a brpc client sends it", () => {
  assert.equal(Buffer.from(checksumOf(Buffer.from("080115cdcccc3d", "hex"))).toString("hex"), "4ac99751");
});
