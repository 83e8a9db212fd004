import { encode } from "jpeg-js";

/** Red, green and blue from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

export interface PictureOptions {
  readonly width: number;
  readonly height: number;
  /** The colour at a place. */
  readonly paint: (x: number, y: number) => Colour;
  /** 1 to 100. Default 100: colours come back within a few steps. */
  readonly quality?: number;
}

/** A JPEG file of a painted picture. */
export function jpegOf({ width, height, paint, quality = 100 }: PictureOptions): Uint8Array {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([...paint(x, y), 255], (y * width + x) * 4);
  }
  return new Uint8Array(encode({ width, height, data }, quality).data);
}

export function plainJpeg(width: number, height: number, colour: Colour): Uint8Array {
  return jpegOf({ width, height, paint: () => colour });
}

const frameHeader = 0xc0;

/** A copy of a baseline file whose frame header claims another size. */
export function withSize(jpeg: Uint8Array, width: number, height: number): Uint8Array {
  const copy = jpeg.slice();
  const at = copy.findIndex((byte, i) => byte === 0xff && copy[i + 1] === frameHeader);
  const view = new DataView(copy.buffer);
  view.setUint16(at + 5, height);
  view.setUint16(at + 7, width);
  return copy;
}
