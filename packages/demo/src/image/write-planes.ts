import type { RgbImage } from "./decode-jpeg.js";
import type { Preprocessing } from "./preprocessing.js";

/** One pixel of the result between two of the picture, along one axis. */
interface Tap {
  readonly first: number;
  readonly second: number;
  /** Share of the second. */
  readonly weight: number;
}

/**
 * Writes a picture as the planes a model takes, `[3, size, size]`: the square in its middle, as large as its shorter side,
 * is scaled to `size` by bilinear interpolation between pixel centres, as OpenCV does by default.
 */
export function writePlanes(image: RgbImage, { size, planes }: Preprocessing, target: Float32Array): void {
  const { width, height, data } = image;
  const side = Math.min(width, height);
  const columns = tapsOf((width - side) >> 1, side, size);
  const rows = tapsOf((height - side) >> 1, side, size);
  for (const [p, { channel, factor, offset }] of planes.entries()) {
    let at = p * size * size;
    for (const row of rows) {
      const upper = row.first * width;
      const lower = row.second * width;
      for (const { first, second, weight } of columns) {
        const sample = (pixel: number): number => data[pixel * 3 + channel] ?? 0;
        const above = mix(sample(upper + first), sample(upper + second), weight);
        const below = mix(sample(lower + first), sample(lower + second), weight);
        target[at++] = mix(above, below, row.weight) * factor + offset;
      }
    }
  }
}

/** Where each of `count` pixels lies among the `side` pixels from `begin` on; beyond the edge is the edge. */
function tapsOf(begin: number, side: number, count: number): readonly Tap[] {
  const last = side - 1;
  return Array.from({ length: count }, (_, i) => {
    const place = Math.min(Math.max(((i + 0.5) * side) / count - 0.5, 0), last);
    const first = Math.floor(place);
    return { first: begin + first, second: begin + Math.min(first + 1, last), weight: place - first };
  });
}

function mix(a: number, b: number, weight: number): number {
  return a + (b - a) * weight;
}
