import { GraphBuilder } from "../build/graph-builder.js";
import { OnnxBuildError } from "../build/onnx-build-error.js";
import { heWeights, seededRandom } from "./seeded-random.js";

export interface MlpModelOptions {
  /** Sizes from the input to the output, e.g. `[784, 512, 512, 10]`; at least two. */
  readonly layers: readonly number[];
  /** Seed of the weights. */
  readonly seed: number;
  /** Default `x`. */
  readonly feedName?: string;
  /** Default `y`. */
  readonly fetchName?: string;
}

/** Dense layers with Relu between them and Softmax at the end: float32 [N, first] to float32 [N, last]. */
export function mlpModel(options: MlpModelOptions): Uint8Array {
  const { layers, seed, feedName = "x", fetchName = "y" } = options;
  const [features, ...widths] = layers;
  const classes = widths.at(-1);
  if (features === undefined || classes === undefined) {
    throw new OnnxBuildError(`layers: must have at least two sizes, has ${layers.length}`);
  }
  const random = seededRandom(seed);
  const graph = new GraphBuilder({ name: "mlp" });
  let value = graph.input(feedName, { dtype: "float32", shape: ["N", features] });
  for (const [index, width] of widths.entries()) {
    const fanIn = layers[index] ?? 0;
    const weights = heWeights(random, fanIn * width, fanIn);
    const w = graph.initializer(`dense_${index}_weight`, { shape: [fanIn, width], data: weights });
    const c = graph.initializer(`dense_${index}_bias`, { shape: [width], data: new Float32Array(width) });
    const dense = graph.gemm(value, w, { c });
    value = index < widths.length - 1 ? graph.relu(dense) : dense;
  }
  graph.softmax(value, { output: fetchName });
  graph.output(fetchName, { dtype: "float32", shape: ["N", classes] });
  return graph.build();
}
