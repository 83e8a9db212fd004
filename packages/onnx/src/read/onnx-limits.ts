/** What a model may have before the reader refuses it. */
export interface OnnxLimits {
  readonly maxGraphDepth: number;
  readonly maxNodes: number;
  readonly maxTensors: number;
  readonly maxValues: number;
  readonly maxRank: number;
  readonly maxStringBytes: number;
  readonly maxFields: number;
}

/** Far above real models, low enough that a hostile file costs seconds and some hundred MB at worst. */
export const onnxLimits: OnnxLimits = {
  /** Graphs in graphs. Protobuf's own limit of 100 nested messages lets ONNX Runtime read 33 at most. */
  maxGraphDepth: 32,
  /** Nodes of all graphs and functions together; large language models have some ten thousand. */
  maxNodes: 1_000_000,
  /** Initializers and tensor attributes together. */
  maxTensors: 1_000_000,
  /** Inputs and outputs of the main graph, imported operator sets. */
  maxValues: 100_000,
  /** Axes of an input or output. */
  maxRank: 64,
  /** One name, domain or location. */
  maxStringBytes: 65_536,
  /** Protobuf fields looked at, about 25 ns each; a string counts as 8. A forest of 5 million tree nodes has 45 million: one per number. */
  maxFields: 100_000_000,
};
