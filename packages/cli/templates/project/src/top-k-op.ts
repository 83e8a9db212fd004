import { type ConfigOf, defineConfig, GeneralBlob, OpWithChannel, type Tensor } from "@paddlewheel/core";

const config = defineConfig({ k: { int32: 5, min: 1 } });

/**
 * The best classes of each row, best first. Reads `score` float32 [rows, classes] of its first dependency and gives
 * `top_class` int32 and `top_score` float32, both [rows, k]; `k` is at most the number of classes.
 */
export class TopKOp extends OpWithChannel<GeneralBlob, ConfigOf<typeof config>> {
  static readonly type = "TopKOp";
  static readonly config = config;

  inference(): void {
    const [source = ""] = this.preNames;
    const { shape, data } = this.dependArgument(source).tensorOf("score", "float32", 2);
    const [rows = 0, classes = 0] = shape;
    const k = Math.min(this.config.k, classes);
    const best = Array.from({ length: rows }, (_, row) =>
      topOf(data.subarray(row * classes, (row + 1) * classes), k),
    ).flat();
    const indices = Int32Array.from(best, ([index]) => index);
    const scores = Float32Array.from(best, ([, score]) => score);
    const tensors = new Map<string, Tensor>();
    tensors.set("top_class", { dtype: "int32", shape: [rows, k], data: indices });
    tensors.set("top_score", { dtype: "float32", shape: [rows, k], data: scores });
    this.output = new GeneralBlob(tensors);
  }
}

/** The classes with the highest scores; of equal ones the lower class comes first. */
function topOf(scores: Float32Array, k: number): [index: number, score: number][] {
  return [...scores.entries()].sort(([, a], [, b]) => b - a).slice(0, k);
}
