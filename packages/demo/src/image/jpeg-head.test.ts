import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { plainJpeg } from "../testing/pictures.js";
import { countScans, isJpeg, readJpegHead } from "./jpeg-head.js";

const start = [0xff, 0xd8];
/** A frame header of 3 × 2 pixels, as far as it is looked at. */
const frame = [0xff, 0xc0, 0, 17, 8, 0, 2, 0, 3, 3];

describe("readJpegHead", () => {
  const found: readonly (readonly [string, readonly number[]])[] = [
    ["at the beginning", frame],
    ["of a progressive file", [0xff, 0xc2, ...frame.slice(2)]],
    ["behind a segment, which may hold anything", [0xff, 0xe1, 0, 6, 0xff, 0xc0, 0, 17, ...frame]],
    ["behind bytes that fill up", [0xff, 0xff, 0xff, ...frame.slice(1)]],
    ["behind a marker without a segment", [0xff, 0xd0, ...frame]],
    ["behind Huffman tables, whose marker is among those of frames", [0xff, 0xc4, 0, 2, ...frame]],
  ];
  for (const [where, bytes] of found) {
    test(`finds the frame header ${where}`, () => {
      assert.deepEqual(readJpegHead(Uint8Array.from([...start, ...bytes])), { width: 3, height: 2 });
    });
  }

  const missing: readonly (readonly [string, readonly number[]])[] = [
    ["that begins with a scan", [0xff, 0xda, 0, 2, ...frame]],
    ["that ends inside the header", frame.slice(0, 8)],
    ["whose segment reaches beyond its end", [0xff, 0xe0, 0xff, 0xff, ...frame]],
    ["without anything", []],
  ];
  for (const [what, bytes] of missing) {
    test(`finds none in a file ${what}`, () => {
      assert.equal(readJpegHead(Uint8Array.from([...start, ...bytes])), undefined);
    });
  }

  test("reads what an encoder has written, in the middle of other bytes too", () => {
    const jpeg = plainJpeg(21, 13, [1, 2, 3]);
    const around = new Uint8Array(jpeg.length + 20);
    around.set(jpeg, 10);
    assert.deepEqual(readJpegHead(around.subarray(10)), { width: 21, height: 13 });
    assert.ok(isJpeg(jpeg) && !isJpeg(around));
  });

  test("comes to an end with any bytes", () => {
    // Bytes that mean something to it, mostly.
    const byte = fc.oneof(fc.constantFrom(0xff, 0xc0, 0xe0, 0xda, 0, 1, 2), fc.nat(255));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), (bytes) => {
        const head = readJpegHead(Uint8Array.from([...start, ...bytes]));
        assert.ok(head === undefined || (head.width < 65536 && head.height < 65536));
      }),
    );
  });
});

describe("countScans", () => {
  test("counts the markers wherever they stand", () => {
    assert.equal(countScans(Uint8Array.of(0xff, 0xda, 0xff, 0xff, 0xda, 0xda, 0xff)), 2);
    assert.equal(countScans(plainJpeg(9, 9, [200, 10, 10])), 1);
  });
});
