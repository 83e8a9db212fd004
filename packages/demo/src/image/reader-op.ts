import {
  Code,
  type ConfigSchema,
  defineConfig,
  GeneralBlob,
  OpPlace,
  OpWithChannel,
  ServeError,
} from "@paddlewheel/core";
import { checkJpeg, decodeJpeg } from "./decode-jpeg.js";
import { imageLimits } from "./image-limits.js";
import { type Preprocessing, type ReaderConfig, resolvePreprocessing } from "./preprocessing.js";
import { writePlanes } from "./write-planes.js";

interface ImageRequest {
  readonly instances: readonly ImageInstance[];
}

interface ImageInstance {
  readonly imageBinary: Uint8Array;
  /** 0 when it was not sent. */
  readonly imageLength: number;
}

const channels = 3;

/**
 * Reads the JPEG files of a request into the tensor `image`, float32 `[instances, 3, size, size]`: of each picture the
 * square in its middle, scaled to `size`, its colours as (v × scale − mean) / std. It runs on the pool, as decoding takes
 * tens of milliseconds.
 *
 * Options: `size`, default 224, as ONNX classifiers declare it (the demo of Paddle Serving has 244, for models that take
 * any size); `scale`, default 1/255; `mean` and `std`, three numbers each in the order of the planes, default those of
 * ImageNet; `channel_order`, `RGB` (default) or `BGR`.
 */
export class ReaderOp extends OpWithChannel<GeneralBlob, ReaderConfig> {
  static readonly type: string = "ReaderOp";
  static readonly runsOn: OpPlace = OpPlace.pool;
  static readonly module: string = import.meta.url;
  static readonly config: ConfigSchema = defineConfig({
    size: { int32: 224 },
    scale: { double: 1 / 255 },
    mean: { string: "0.485 0.456 0.406" },
    std: { string: "0.229 0.224 0.225" },
    channel_order: { string: "RGB" },
  });

  #preprocessing: Preprocessing | undefined;

  inference(): void {
    this.#preprocessing ??= resolvePreprocessing(this.name, this.config);
    const { size } = this.#preprocessing;
    const { instances } = this.requestMessage<ImageRequest>();
    checkInstances(instances, size);
    const elements = channels * size * size;
    const data = new Float32Array(instances.length * elements);
    for (const [i, { imageBinary }] of instances.entries()) {
      this.call.throwIfStopped();
      const planes = data.subarray(i * elements, (i + 1) * elements);
      writePlanes(decodeJpeg(placeOf(i), imageBinary), this.#preprocessing, planes);
    }
    const shape = [instances.length, channels, size, size];
    this.output = new GeneralBlob(new Map([["image", { dtype: "float32", shape, data }]]));
  }
}

/** Everything that can be known before the first picture is decoded. */
function checkInstances(instances: readonly ImageInstance[], size: number): void {
  const { maxElements, maxRequestPixels } = imageLimits;
  if (instances.length === 0) throw invalid("instances", "is empty, must have at least one picture");
  const maxInstances = Math.floor(maxElements / (channels * size * size));
  if (instances.length > maxInstances) {
    const what = `has ${instances.length} pictures, at most ${maxInstances} of ${size} × ${size} are allowed`;
    throw invalid("instances", what);
  }
  let pixels = 0;
  for (const [i, { imageBinary, imageLength }] of instances.entries()) {
    if (imageLength !== 0 && imageLength !== imageBinary.length) {
      const what = `is ${imageLength}, but image_binary has ${imageBinary.length} bytes`;
      throw invalid(`instances[${i}].image_length`, what);
    }
    const { width, height } = checkJpeg(placeOf(i), imageBinary);
    pixels += width * height;
  }
  if (pixels > maxRequestPixels) {
    throw invalid("instances", `have ${pixels} pixels, at most ${maxRequestPixels} are allowed in a request`);
  }
}

function placeOf(index: number): string {
  return `instances[${index}].image_binary`;
}

function invalid(place: string, what: string): ServeError {
  return new ServeError(Code.invalidArgument, `${place}: ${what}`);
}
