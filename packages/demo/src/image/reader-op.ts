import {
  Code,
  type ConfigSchema,
  defineConfig,
  GeneralBlob,
  OpPlace,
  OpWithChannel,
  ServeError,
} from "@paddlewheel/core";
import { decodeJpeg, type JpegFile, openJpeg } from "./decode-jpeg.js";
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
    const files = openFiles(instances, size);
    const elements = channels * size * size;
    const data = new Float32Array(files.length * elements);
    for (const [i, file] of files.entries()) {
      this.call.throwIfStopped();
      const planes = data.subarray(i * elements, (i + 1) * elements);
      writePlanes(decodeJpeg(file), this.#preprocessing, planes);
    }
    const shape = [files.length, channels, size, size];
    this.output = new GeneralBlob(new Map([["image", { dtype: "float32", shape, data }]]));
  }
}

/** Checks everything that can be known before the first picture is decoded. */
function openFiles(instances: readonly ImageInstance[], size: number): readonly JpegFile[] {
  const { maxElements, maxRequestPixels } = imageLimits;
  if (instances.length === 0) throw invalid("instances", "is empty, must have at least one picture");
  const maxInstances = Math.floor(maxElements / (channels * size * size));
  if (instances.length > maxInstances) {
    const what = `has ${instances.length} pictures, at most ${maxInstances} of ${size} × ${size} are allowed`;
    throw invalid("instances", what);
  }
  const files = instances.map((instance, i) => openFile(`instances[${i}]`, instance));
  const pixels = files.reduce((sum, { width, height }) => sum + width * height, 0);
  if (pixels > maxRequestPixels) {
    throw invalid("instances", `have ${pixels} pixels, at most ${maxRequestPixels} are allowed in a request`);
  }
  return files;
}

function openFile(place: string, { imageBinary, imageLength }: ImageInstance): JpegFile {
  if (imageLength !== 0 && imageLength !== imageBinary.length) {
    const what = `is ${imageLength}, but image_binary has ${imageBinary.length} bytes`;
    throw invalid(`${place}.image_length`, what);
  }
  return openJpeg(`${place}.image_binary`, imageBinary);
}

function invalid(place: string, what: string): ServeError {
  return new ServeError(Code.invalidArgument, `${place}: ${what}`);
}
