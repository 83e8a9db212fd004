import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import fc from "fast-check";
import { jpegOf, plainJpeg, withSize } from "../testing/pictures.js";
import { decodeJpeg, openJpeg, type RgbImage } from "./decode-jpeg.js";

const jpeg = jpegOf({ width: 24, height: 16, paint: (x, y) => [x * 10, y * 15, 128] });

const refusal = (message: string) => ({ code: Code.invalidArgument, message: `here: ${message}` });

function decode(bytes: Uint8Array): RgbImage {
  return decodeJpeg(openJpeg("here", bytes));
}

describe("a JPEG file", () => {
  test("is decoded to red, green and blue", () => {
    const { width, height, data } = decode(jpeg);
    assert.deepEqual([width, height, data.length], [24, 16, 24 * 16 * 3]);
    const [red, green, blue] = data.subarray((4 * 24 + 20) * 3);
    for (const [got, painted] of [
      [red, 200],
      [green, 60],
      [blue, 128],
    ]) {
      assert.ok(Math.abs((got ?? 0) - (painted ?? 0)) <= 6, `${got} is not ${painted}`);
    }
  });

  const scan = [0xff, 0xda];
  const refused: readonly (readonly [what: string, bytes: Uint8Array, message: string])[] = [
    ["nothing", new Uint8Array(0), "is empty, must be a JPEG file"],
    ["another kind of file", Buffer.from("\x89PNG"), "is no JPEG file: those begin with the bytes FF D8"],
    ["the first bytes alone", jpeg.subarray(0, 30), "is damaged: the JPEG file has no frame header"],
    ["a picture without pixels", withSize(jpeg, 0, 16), "has 0 × 16 pixels, must have at least one"],
    [
      "a picture of gigabytes",
      withSize(jpeg, 65535, 65535),
      "has 65535 × 65535 pixels, at most 12500000 are allowed",
    ],
    [
      "more scans than any picture needs",
      Uint8Array.from([...jpeg, ...Array(100).fill(scan).flat()]),
      "has 101 scans, at most 100 are allowed",
    ],
    [
      "a file cut in the middle",
      jpeg.subarray(0, jpeg.length - 100),
      "cannot be decoded as JPEG: marker was not found",
    ],
    [
      "a scan without a table",
      Uint8Array.from([
        0xff,
        0xd8,
        0xff,
        0xc0,
        0,
        11,
        8,
        0,
        8,
        0,
        8,
        1,
        1,
        0x11,
        0,
        ...scan,
        0,
        8,
        1,
        1,
        0,
        0,
        63,
        0,
      ]),
      "cannot be decoded as JPEG: the file contradicts itself",
    ],
    [
      "a kind of JPEG that is not decoded",
      jpeg.map((byte, i) => (byte === 0xc0 && jpeg[i - 1] === 0xff ? 0xc9 : byte)),
      "cannot be decoded as JPEG: unknown JPEG marker ffc9",
    ],
  ];
  for (const [what, bytes, message] of refused) {
    test(`that is ${what} is refused`, () => {
      assert.throws(() => decode(bytes), refusal(message));
    });
  }

  test("with wrong bytes in it is decoded to something or refused, and nothing else happens", () => {
    const change = fc.tuple(fc.nat(jpeg.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const damaged = jpeg.slice();
        for (const [at, byte] of changes) damaged[at] = byte;
        // A size beyond the limits is for another test; within them it may still cost seconds.
        fc.pre(isSmall(damaged));
        try {
          decode(damaged);
        } catch (thrown) {
          assert.ok(thrown instanceof ServeError && thrown.code === Code.invalidArgument, String(thrown));
        }
      }),
      { numRuns: 300 },
    );
  });

  test("that shows the decoder a larger size than it says is refused", () => {
    const file = { ...openJpeg("here", withSize(jpeg, 1, 1)), bytes: jpeg };
    assert.throws(
      () => decodeJpeg(file),
      refusal("cannot be decoded as JPEG: maxResolutionInMP limit exceeded by 1MP"),
    );
  });

  test("of one colour stays of one colour", () => {
    const { data } = decode(plainJpeg(40, 40, [250, 120, 10]));
    assert.deepEqual(new Set(data), new Set(data.subarray(0, 3)));
  });
});

function isSmall(bytes: Uint8Array): boolean {
  try {
    const { width, height } = openJpeg("here", bytes);
    return width * height < 100_000;
  } catch {
    return true;
  }
}
