import { GraphBuilder } from "@paddlewheel/onnx";

/** By feature, then class; with these every score is exact in float32, on any machine. */
const weights = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [0.5, 0.25, -1],
];
const bias = [0, 0, 0.5];

/** score = x · weights + bias: float32 [N, 4 features] to float32 [N, 3 classes]. */
export function sampleModel(): Uint8Array {
  const graph = new GraphBuilder({ name: "classifier" });
  const shape = [weights.length, bias.length];
  const x = graph.input("x", { dtype: "float32", shape: ["N", weights.length] });
  const w = graph.initializer("weights", { shape, data: Float32Array.from(weights.flat()) });
  const b = graph.initializer("bias", { shape: [bias.length], data: Float32Array.from(bias) });
  graph.gemm(x, w, { c: b, output: "score" });
  graph.output("score", { dtype: "float32", shape: ["N", bias.length] });
  return graph.build();
}
