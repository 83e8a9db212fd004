import type { GraphBuilder } from "@paddlewheel/onnx";
import { embeddings } from "./vocabulary.js";

/** The input `words`, int64 [N, length], as float32 [N, length, 2]: polarity and negation of each word. */
export function embedWords(graph: GraphBuilder): string {
  const words = graph.input("words", { dtype: "int64", shape: ["N", "length"] });
  const data = Float32Array.from(embeddings.flat());
  return graph.gather(graph.initializer("embeddings", { shape: [embeddings.length, 2], data }), words);
}
