import { GraphBuilder } from "@paddlewheel/onnx";
import { embedWords } from "./embed-words.js";

/**
 * Filters over two words, each the one before and the word itself: how much of polarity and of negation counts. What is
 * good or bad by itself, and what a negation before it made of it.
 */
const filters = [
  { polarity: [0, 1], negation: [-2, -2], bias: 0 }, // good
  { polarity: [0, -1], negation: [-2, -2], bias: 0 }, // bad
  { polarity: [0, 1], negation: [2, -2], bias: -2 }, // not good
  { polarity: [0, -1], negation: [2, -2], bias: -2 }, // not bad
];

/** What each filter says for bad and good, in the order of the filters. */
const dense = [0, 4, 4, 0, 4, 0, 0, 4];

/**
 * A convolution over pairs of words: int64 words [N, length] to float32 prob [N, 2], of bad and good. It takes the
 * strongest match of each filter, wherever it stands.
 */
export function cnnModel(): Uint8Array {
  const graph = new GraphBuilder({ name: "cnn" });
  const channels = graph.node("Transpose", [embedWords(graph)], { perm: [0, 2, 1] });
  const kernels = filters.flatMap(({ polarity, negation }) => [...polarity, ...negation]);
  const weights = graph.initializer("filters", { shape: [4, 2, 2], data: Float32Array.from(kernels) });
  const biases = Float32Array.from(filters, ({ bias }) => bias);
  const bias = graph.initializer("biases", { shape: [4], data: biases });
  const matches = graph.relu(graph.conv(channels, weights, { bias, pads: [1, 0] }));
  const strongest = graph.node("ReduceMax", [matches], { axes: [2], keepdims: 0 });
  const w = graph.initializer("dense", { shape: [4, 2], data: Float32Array.from(dense) });
  graph.softmax(graph.matMul(strongest, w), { output: "prob" });
  graph.output("prob", { dtype: "float32", shape: ["N", 2] });
  return graph.build();
}
