import { GraphBuilder } from "@paddlewheel/onnx";
import { embedWords } from "./embed-words.js";

/**
 * A bag of words: int64 words [N, length] to float32 prob [N, 2], of bad and good. It adds up what each word says, in
 * whatever order they stand.
 */
export function bowModel(): Uint8Array {
  const graph = new GraphBuilder({ name: "bow" });
  const axis = graph.initializer("length_axis", { shape: [1], data: BigInt64Array.of(1n) });
  const sum = graph.node("ReduceSum", [embedWords(graph), axis], { keepdims: 0 });
  // Rows: polarity, negation. Columns: bad, good.
  const dense = graph.initializer("dense", { shape: [2, 2], data: Float32Array.of(-1, 1, 0, 0) });
  graph.softmax(graph.matMul(sum, dense), { output: "prob" });
  graph.output("prob", { dtype: "float32", shape: ["N", 2] });
  return graph.build();
}
