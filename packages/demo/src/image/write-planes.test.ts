import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { RgbImage } from "./decode-jpeg.js";
import { writePlanes } from "./write-planes.js";

const asIs = [0, 1, 2].map((channel) => ({ channel, factor: 1, offset: 0 }));

function planesOf(image: RgbImage, size: number, planes = asIs): number[] {
  const target = new Float32Array(3 * size * size);
  writePlanes(image, { size, planes }, target);
  return [...target];
}

/** A picture whose red is given, and whose green and blue are 1 and 2 more. */
function pictureOf(width: number, reds: readonly number[]): RgbImage {
  const data = Uint8Array.from(reds.flatMap((red) => [red, red + 1, red + 2]));
  return { width, height: reds.length / width, data };
}

describe("writePlanes", () => {
  test("lays a picture of the right size plane after plane", () => {
    const image = pictureOf(2, [10, 20, 30, 40]);
    assert.deepEqual(planesOf(image, 2), [10, 20, 30, 40, 11, 21, 31, 41, 12, 22, 32, 42]);
  });

  test("takes the square in the middle of a wide picture and of a high one", () => {
    assert.deepEqual(planesOf(pictureOf(5, [1, 2, 3, 4, 5]), 1).slice(0, 1), [3]);
    assert.deepEqual(planesOf(pictureOf(1, [1, 2, 3, 4]), 1).slice(0, 1), [2]);
    assert.deepEqual(planesOf(pictureOf(4, [1, 2, 3, 4, 5, 6, 7, 8]), 2).slice(0, 4), [2, 3, 6, 7]);
  });

  test("interpolates between pixel centres, with the edge beyond the edge", () => {
    // Of two pixels, four lie at -0.25, 0.25, 0.75 and 1.25.
    assert.deepEqual(planesOf(pictureOf(2, [0, 100, 0, 100]), 4).slice(0, 4), [0, 25, 75, 100]);
    // Of four, two lie between the first and the last two; both ways.
    const reds = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150];
    assert.deepEqual(planesOf(pictureOf(4, reds), 2).slice(0, 4), [25, 45, 105, 125]);
  });

  test("takes channels in the order asked for, each with its factor and offset", () => {
    const planes = [
      { channel: 2, factor: 2, offset: 0 },
      { channel: 1, factor: 1, offset: -0.5 },
      { channel: 0, factor: 0, offset: 7 },
    ];
    assert.deepEqual(planesOf(pictureOf(1, [10]), 1, planes), [24, 10.5, 7]);
  });

  test("never leaves the range of the picture's colours, whatever the sizes", () => {
    const side = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(side, side, side, fc.nat(200), (width, height, size, low) => {
        const reds = Array.from({ length: width * height }, (_, i) => low + ((i * 7) % 50));
        const plane = planesOf(pictureOf(width, reds), size).slice(0, size * size);
        assert.ok(Math.min(...plane) >= Math.min(...reds) && Math.max(...plane) <= Math.max(...reds));
      }),
    );
  });
});
