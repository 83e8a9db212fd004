import { linearModel, mlpModel, resnet50Model } from "@paddlewheel/onnx";

export type BenchModelName = "linear" | "mlp" | "wide" | "resnet50";

/** A model of one float32 input and one float32 output, built when it is needed and never kept in the repository. */
export interface BenchModel {
  readonly name: BenchModelName;
  /** Without the batch axis. */
  readonly inputShape: readonly number[];
  /** The ONNX file. Weights are untrained: they cost what trained ones cost. */
  build(): Uint8Array;
}

const seed = 1;
const features = 13;

/** From the one whose run costs next to nothing to the one that is all run. */
export const benchModels: Readonly<Record<BenchModelName, BenchModel>> = {
  linear: {
    name: "linear",
    inputShape: [features],
    build: () =>
      linearModel({ weights: Array.from({ length: features }, (_, i) => (i - 6) / 4), bias: 22.5 }),
  },
  mlp: {
    name: "mlp",
    inputShape: [784],
    build: () => mlpModel({ layers: [784, 512, 512, 10], seed }),
  },
  /** As small a request, and a run of some milliseconds. */
  wide: {
    name: "wide",
    inputShape: [784],
    build: () => mlpModel({ layers: [784, 4096, 4096, 10], seed }),
  },
  resnet50: {
    name: "resnet50",
    inputShape: [3, 224, 224],
    build: () => resnet50Model({ seed }),
  },
};
