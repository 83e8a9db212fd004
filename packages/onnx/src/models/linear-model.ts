import { GraphBuilder } from "../build/graph-builder.js";

export interface LinearModelOptions {
  /** One per feature. */
  readonly weights: readonly number[];
  readonly bias: number;
  /** Default `x`. */
  readonly feedName?: string;
  /** Default `y`. */
  readonly fetchName?: string;
}

/** y = x · weights + bias: float32 [N, features] to float32 [N, 1]. */
export function linearModel(options: LinearModelOptions): Uint8Array {
  const { weights, bias, feedName = "x", fetchName = "y" } = options;
  const graph = new GraphBuilder({ name: "linear" });
  const x = graph.input(feedName, { dtype: "float32", shape: ["N", weights.length] });
  const w = graph.initializer("weights", { shape: [weights.length, 1], data: Float32Array.from(weights) });
  const b = graph.initializer("bias", { shape: [1], data: Float32Array.of(bias) });
  graph.add(graph.matMul(x, w), b, { output: fetchName });
  graph.output(fetchName, { dtype: "float32", shape: ["N", 1] });
  return graph.build();
}
