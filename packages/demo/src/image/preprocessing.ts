import { Code, ServeError } from "@paddlewheel/core";
import { imageLimits } from "./image-limits.js";

/** The options of ReaderOp, as conf gives them. */
export interface ReaderConfig {
  readonly size: number;
  readonly scale: number;
  readonly mean: string;
  readonly std: string;
  readonly channel_order: string;
}

/** How pictures become numbers. */
export interface Preprocessing {
  /** Side of the square, in pixels. */
  readonly size: number;
  /** For each plane of the tensor. */
  readonly planes: readonly Plane[];
}

/** A colour's value v from 0 to 255 becomes v × factor + offset. */
export interface Plane {
  /** 0 is red, 1 green, 2 blue. */
  readonly channel: number;
  readonly factor: number;
  readonly offset: number;
}

const channelsOfOrder: ReadonlyMap<string, readonly number[]> = new Map([
  ["RGB", [0, 1, 2]],
  ["BGR", [2, 1, 0]],
]);

/** @throws ServeError invalidConf that names node and option. */
export function resolvePreprocessing(node: string, config: ReaderConfig): Preprocessing {
  const { size, scale, channel_order: order } = config;
  const fault = (option: string, what: string): ServeError =>
    new ServeError(Code.invalidConf, `node "${node}": option ${option} ${what}`);
  if (size < 1 || size > imageLimits.maxSize) {
    throw fault("size", `is ${size}, must be from 1 to ${imageLimits.maxSize}`);
  }
  const channels = channelsOfOrder.get(order);
  if (!channels) throw fault("channel_order", `is "${order}", must be RGB or BGR`);
  const threeOf = (option: "mean" | "std"): readonly number[] => {
    const numbers = readThree(config[option]);
    if (!numbers)
      throw fault(option, `is "${config[option]}", must be three numbers with blanks between them`);
    return numbers;
  };
  const mean = threeOf("mean");
  const std = threeOf("std");
  if (std.includes(0)) throw fault("std", `is "${config.std}", none may be 0`);
  const planes = channels.map((channel, i) => {
    const [m = 0, s = 1] = [mean[i], std[i]];
    return { channel, factor: scale / s, offset: -m / s };
  });
  return { size, planes };
}

function readThree(text: string): readonly number[] | undefined {
  const numbers = text.trim().split(/\s+/).map(Number);
  return numbers.length === 3 && numbers.every(Number.isFinite) ? numbers : undefined;
}
