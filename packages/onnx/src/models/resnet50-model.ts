import { GraphBuilder } from "../build/graph-builder.js";
import { heWeights, seededRandom, uniformArray } from "./seeded-random.js";

export interface ResNet50ModelOptions {
  /** Seed of the weights. */
  readonly seed: number;
  /** Default 1000, as for ImageNet. */
  readonly classes?: number;
  /** Height and width of the input. Default 224. */
  readonly imageSize?: number;
}

interface ConvSpec {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly kernel: number;
  readonly stride?: number;
  /** Scale of the normalization behind it. Default 1. */
  readonly gain?: number;
}

interface BlockSpec {
  readonly name: string;
  readonly from: number;
  readonly width: number;
  readonly stride: number;
}

const stages = [
  { width: 64, blocks: 3 },
  { width: 128, blocks: 4 },
  { width: 256, blocks: 6 },
  { width: 512, blocks: 3 },
];
/** A block gives four times as many channels as it works with. */
const expansion = 4;

/**
 * The normalizations have mean 0 and variance 1, so nothing holds back what 16 blocks add up. A small scale at the end
 * of each block keeps the scores apart instead of letting one class take all.
 */
const branchGain = 0.25;

/**
 * ResNet-50 v1.5 with untrained weights: "image" float32 [N, 3, size, size] to "score" float32 [N, classes], which
 * sum to 1. The shape is the real one, 25.6 million parameters and about 100 MB with 1000 classes, so it costs what
 * the trained model costs. Source: He et al. 2015; v1.5 has the stride in the 3×3 convolution.
 */
export function resnet50Model(options: ResNet50ModelOptions): Uint8Array {
  const { seed, classes = 1000, imageSize = 224 } = options;
  const net = new ResNet(seed);
  const { graph } = net;
  const image = graph.input("image", { dtype: "float32", shape: ["N", 3, imageSize, imageSize] });
  const stem = graph.relu(net.convolution(image, { name: "stem", from: 3, to: 64, kernel: 7, stride: 2 }));
  const features = net.stages(
    graph.maxPool(stem, { kernelShape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  );
  const pooled = graph.flatten(graph.globalAveragePool(features));
  graph.softmax(net.classifier(pooled, classes), { output: "score" });
  graph.output("score", { dtype: "float32", shape: ["N", classes] });
  return graph.build();
}

class ResNet {
  readonly graph: GraphBuilder = new GraphBuilder({ name: "resnet50" });
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  stages(x: string): string {
    let value = x;
    let from = 64;
    for (const [stage, { width, blocks }] of stages.entries()) {
      for (let block = 0; block < blocks; block++) {
        const stride = stage > 0 && block === 0 ? 2 : 1;
        value = this.#block(value, { name: `stage${stage + 1}_block${block + 1}`, from, width, stride });
        from = width * expansion;
      }
    }
    return value;
  }

  /** Convolution without bias, then normalization. */
  convolution(x: string, { name, from, to, kernel, stride = 1, gain = 1 }: ConvSpec): string {
    const fanIn = from * kernel * kernel;
    const data = heWeights(this.#random, to * fanIn, fanIn);
    const weight = this.graph.initializer(`${name}_weight`, { shape: [to, from, kernel, kernel], data });
    const pad = (kernel - 1) / 2;
    const options = { strides: [stride, stride], pads: [pad, pad, pad, pad] };
    return this.graph.batchNormalization(this.graph.conv(x, weight, options), {
      scale: this.#channels(`${name}_scale`, to, gain),
      bias: this.#channels(`${name}_bias`, to, 0),
      mean: this.#channels(`${name}_mean`, to, 0),
      variance: this.#channels(`${name}_variance`, to, 1),
    });
  }

  classifier(x: string, classes: number): string {
    const from = 512 * expansion;
    const data = uniformArray(this.#random, from * classes, 1 / Math.sqrt(from));
    const weight = this.graph.initializer("classifier_weight", { shape: [from, classes], data });
    return this.graph.gemm(x, weight, { c: this.#channels("classifier_bias", classes, 0) });
  }

  /** 1×1 down, 3×3, 1×1 up, and the input added; the input is projected where its shape differs. */
  #block(x: string, { name, from, width, stride }: BlockSpec): string {
    const { graph } = this;
    const to = width * expansion;
    const a = graph.relu(this.convolution(x, { name: `${name}_a`, from, to: width, kernel: 1 }));
    const b = graph.relu(
      this.convolution(a, { name: `${name}_b`, from: width, to: width, kernel: 3, stride }),
    );
    const c = this.convolution(b, { name: `${name}_c`, from: width, to, kernel: 1, gain: branchGain });
    const shortcut =
      from === to ? x : this.convolution(x, { name: `${name}_shortcut`, from, to, kernel: 1, stride });
    return graph.relu(graph.add(c, shortcut));
  }

  #channels(name: string, length: number, value: number): string {
    return this.graph.initializer(name, { shape: [length], data: new Float32Array(length).fill(value) });
  }
}
