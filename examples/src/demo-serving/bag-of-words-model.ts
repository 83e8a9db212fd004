import { GraphBuilder, seededRandom } from "@paddlewheel/onnx";

/** Words the model knows; any other is taken for the last. */
const vocabulary = 500;
/** Numbers that stand for a word. */
const dimension = 8;
const classes = 2;

/**
 * A classifier of texts with untrained weights: the vectors of a text's words are added, whatever their order, and a layer
 * tells the classes by the sum. "words" int64 [N, L] and "lengths" int64 [N] to "probabilities" float32 [N, 2], which sum
 * to 1; of the words in row i only the first `lengths[i]` count.
 */
export function bagOfWordsModel(seed: number): Uint8Array {
  const graph = new GraphBuilder({ name: "text_classification_bow" });
  const random = seededRandom(seed);
  const weights = (name: string, shape: readonly [number, number]): string => {
    const data = Float32Array.from({ length: shape[0] * shape[1] }, () => 2 * random() - 1);
    return graph.initializer(name, { shape, data });
  };
  const integers = (name: string, values: readonly bigint[], shape: readonly number[]): string =>
    graph.initializer(name, { shape, data: BigInt64Array.from(values) });

  const words = graph.input("words", { dtype: "int64", shape: ["N", "L"] });
  const lengths = graph.input("lengths", { dtype: "int64", shape: ["N"] });
  const zero = integers("zero", [0n], []);
  const one = integers("one", [1n], []);
  const second = integers("second_axis", [1n], [1]);
  const last = integers("last_axis", [2n], [1]);

  const lastWord = integers("last_word", [BigInt(vocabulary - 1)], []);
  const known = graph.node("Clip", [words, zero, lastWord]);
  const vectors = graph.gather(weights("word_vectors", [vocabulary, dimension]), known);

  const longest = graph.gather(graph.node("Shape", [words]), one);
  const places = graph.node("Range", [zero, longest, one]);
  const isWord = graph.node("Less", [places, graph.node("Unsqueeze", [lengths, second])]);
  const mask = graph.node("Unsqueeze", [graph.cast(isWord, "float32"), last]);

  const sum = graph.node("ReduceSum", [graph.mul(vectors, mask), second], { keepdims: 0 });
  const scores = graph.gemm(graph.node("Tanh", [sum]), weights("classifier", [dimension, classes]));
  graph.softmax(scores, { output: "probabilities" });
  graph.output("probabilities", { dtype: "float32", shape: ["N", classes] });
  return graph.build();
}
