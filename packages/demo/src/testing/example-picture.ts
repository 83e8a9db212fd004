import { type Colour, jpegOf } from "./pictures.js";

/** The picture of examples/demo-serving: the sun over a meadow, as a JPEG file of ordinary quality. */
export function examplePicture(): Uint8Array {
  return jpegOf({ width: 96, height: 64, paint, quality: 80 });
}

function paint(x: number, y: number): Colour {
  if ((x - 66) ** 2 + (y - 18) ** 2 < 100) return [255, 220, 60];
  return y < 40 ? [90 + y, 150 + y, 230] : [60 + ((x * 7) % 20), 160 - y, 40];
}
