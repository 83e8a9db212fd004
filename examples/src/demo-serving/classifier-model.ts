import { GraphBuilder, seededRandom } from "@paddlewheel/onnx";

const imageSize = 224;
const classes = 3;

/**
 * A classifier of pictures with untrained weights, in the shape of a ResNet: a stem, a block that adds its input to its
 * output, one that halves the picture, and a layer over the average of each channel. "image" float32 [N, 3, 224, 224] to
 * "score" float32 [N, 3], which sum to 1.
 */
export function classifierModel(seed: number): Uint8Array {
  const { graph, convolution, weights } = networkOf(seed);
  const image = graph.input("image", { dtype: "float32", shape: ["N", 3, imageSize, imageSize] });
  const stem = convolution(image, { name: "stem", from: 3, to: 8, kernel: 7, stride: 4 });
  const first = convolution(graph.relu(stem), { name: "block_a", from: 8, to: 8, kernel: 3, stride: 1 });
  const second = convolution(graph.relu(first), { name: "block_b", from: 8, to: 8, kernel: 3, stride: 1 });
  const block = graph.relu(graph.add(stem, second));
  const half = convolution(block, { name: "half", from: 8, to: 16, kernel: 3, stride: 2 });
  const pooled = graph.flatten(graph.globalAveragePool(graph.relu(half)));
  graph.softmax(graph.gemm(pooled, weights("classifier", [16, classes], 16)), { output: "score" });
  graph.output("score", { dtype: "float32", shape: ["N", classes] });
  return graph.build();
}

interface Convolution {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly kernel: number;
  readonly stride: number;
}

interface Network {
  readonly graph: GraphBuilder;
  /** Pads by half a kernel, so that a stride of 1 keeps the size. */
  convolution(x: string, convolution: Convolution): string;
  /** Numbers that keep the variance of what passes them and a Relu, `fanIn` of them to each sum. */
  weights(name: string, shape: readonly number[], fanIn: number): string;
}

function networkOf(seed: number): Network {
  const graph = new GraphBuilder({ name: "image_classification_resnet" });
  const random = seededRandom(seed);
  const weights: Network["weights"] = (name, shape, fanIn) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const bound = Math.sqrt(6 / fanIn);
    const data = Float32Array.from({ length: count }, () => (2 * random() - 1) * bound);
    return graph.initializer(`${name}_weight`, { shape, data });
  };
  const convolution: Network["convolution"] = (x, { name, from, to, kernel, stride }) => {
    const pad = (kernel - 1) / 2;
    const weight = weights(name, [to, from, kernel, kernel], from * kernel * kernel);
    return graph.conv(x, weight, { strides: [stride, stride], pads: [pad, pad, pad, pad] });
  };
  return { graph, convolution, weights };
}
