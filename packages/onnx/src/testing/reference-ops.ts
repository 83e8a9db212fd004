import type { Plain } from "./run-model.js";

/** Operators in plain JavaScript, as their definitions read: the other opinion to compare a runtime with. */

export interface Window {
  readonly strides: readonly [number, number];
  /** top, left, bottom, right */
  readonly pads: readonly [number, number, number, number];
}

export function matMul(a: Plain, b: Plain): Plain {
  const [rows = 0, inner = 0] = a.shape;
  const [, columns = 0] = b.shape;
  const values = range(rows * columns).map((at) => {
    const row = Math.floor(at / columns);
    return sum(range(inner).map((k) => item(a, row * inner + k) * item(b, k * columns + (at % columns))));
  });
  return { shape: [rows, columns], values };
}

export function transpose(a: Plain): Plain {
  const [rows = 0, columns = 0] = a.shape;
  const values = range(rows * columns).map((at) => item(a, (at % rows) * columns + Math.floor(at / rows)));
  return { shape: [columns, rows], values };
}

/** Element by element; `b` repeats as often as it must. */
export function zip(a: Plain, b: Plain, combine: (left: number, right: number) => number): Plain {
  const values = a.values.map((value, at) => combine(value, item(b, at % b.values.length)));
  return { shape: a.shape, values };
}

export function map(a: Plain, change: (value: number) => number): Plain {
  return { shape: a.shape, values: a.values.map(change) };
}

/** Over the last axis. */
export function softmax(a: Plain): Plain {
  const size = a.shape.at(-1) ?? 1;
  const powers = a.values.map(Math.exp);
  const values = powers.map((power, at) => {
    const start = at - (at % size);
    return power / sum(powers.slice(start, start + size));
  });
  return { shape: a.shape, values };
}

export function batchNormalization(
  x: Plain,
  [scale, bias, mean, variance]: readonly Plain[],
  epsilon: number,
): Plain {
  const [, channels = 1, ...rest] = x.shape;
  const size = rest.reduce((product, each) => product * each, 1);
  const values = x.values.map((value, at) => {
    const channel = Math.floor(at / size) % channels;
    const of = (each: Plain | undefined) => (each ? item(each, channel) : Number.NaN);
    return ((value - of(mean)) / Math.sqrt(of(variance) + epsilon)) * of(scale) + of(bias);
  });
  return { shape: x.shape, values };
}

export function conv(x: Plain, weights: Plain, window: Window, group = 1): Plain {
  const [channelsOut = 0, perGroup = 0, kernelHeight = 0, kernelWidth = 0] = weights.shape;
  const kernelSize = kernelHeight * kernelWidth;
  return slide(x, [kernelHeight, kernelWidth], { window, channelsOut }, (out, pixel) => {
    const firstChannel = Math.floor(out / (channelsOut / group)) * perGroup;
    const products = range(perGroup * kernelSize).map((at) => {
      const value = pixel(firstChannel + Math.floor(at / kernelSize), at % kernelSize);
      return (value ?? 0) * item(weights, out * perGroup * kernelSize + at);
    });
    return sum(products);
  });
}

/** `reduce` gets the pixels of a window that are not padding. */
export function pool(
  x: Plain,
  kernel: readonly [number, number],
  window: Window,
  reduce: (pixels: readonly number[]) => number,
): Plain {
  const [, channelsOut = 0] = x.shape;
  return slide(x, kernel, { window, channelsOut }, (channel, pixel) =>
    reduce(range(kernel[0] * kernel[1]).flatMap((at) => pixel(channel, at) ?? [])),
  );
}

/** The pixel of a channel under place `at` of the kernel; undefined in the padding. */
type Pixel = (channel: number, at: number) => number | undefined;

function slide(
  x: Plain,
  [kernelHeight, kernelWidth]: readonly [number, number],
  { window, channelsOut }: { window: Window; channelsOut: number },
  result: (channelOut: number, pixel: Pixel) => number,
): Plain {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const { strides, pads } = window;
  const outHeight = Math.floor((height + pads[0] + pads[2] - kernelHeight) / strides[0]) + 1;
  const outWidth = Math.floor((width + pads[1] + pads[3] - kernelWidth) / strides[1]) + 1;
  const shape = [batch, channelsOut, outHeight, outWidth];
  const values = range(batch * channelsOut * outHeight * outWidth).map((place) => {
    const image = Math.floor(place / (channelsOut * outHeight * outWidth));
    const top = (Math.floor(place / outWidth) % outHeight) * strides[0] - pads[0];
    const left = (place % outWidth) * strides[1] - pads[1];
    return result(Math.floor(place / (outHeight * outWidth)) % channelsOut, (channel, at) => {
      const y = top + Math.floor(at / kernelWidth);
      const z = left + (at % kernelWidth);
      if (y < 0 || y >= height || z < 0 || z >= width) return undefined;
      return item(x, ((image * channels + channel) * height + y) * width + z);
    });
  });
  return { shape, values };
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function item(tensor: Plain, at: number): number {
  return tensor.values[at] ?? Number.NaN;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
