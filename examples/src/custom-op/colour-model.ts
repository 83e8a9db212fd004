import { GraphBuilder } from "@paddlewheel/onnx";

/** The colours it tells apart, red, green and blue from 0 to 1. */
const colours: readonly (readonly [name: string, red: number, green: number, blue: number])[] = [
  ["black", 0, 0, 0],
  ["grey", 0.5, 0.5, 0.5],
  ["white", 1, 1, 1],
  ["red", 0.9, 0.1, 0.1],
  ["orange", 1, 0.6, 0],
  ["yellow", 1, 1, 0],
  ["green", 0.1, 0.7, 0.1],
  ["blue", 0.1, 0.2, 0.9],
  ["purple", 0.5, 0, 0.5],
  ["pink", 1, 0.7, 0.8],
  ["brown", 0.5, 0.3, 0.1],
];

/** How fast the probability of a colour falls with the distance from it; 0 would find all equally likely. */
const sharpness = 10;

/**
 * A classifier of colours: float32 rgb [N, 3] to float32 prob [N, 11]. The probability of each is the softmax of minus
 * the squared distance, of which what is the same for all colours is left out: 2 · rgb · colour - |colour|².
 */
export function colourModel(): Uint8Array {
  const points = colours.map(([, ...point]) => point);
  const scale = (factor: number, values: readonly number[]): Float32Array =>
    Float32Array.from(values, (value) => sharpness * factor * value);
  const squares = points.map((point) => point.reduce((sum, value) => sum + value * value, 0));
  const graph = new GraphBuilder({ name: "colours" });
  const rgb = graph.input("rgb", { dtype: "float32", shape: ["N", 3] });
  const b = graph.initializer("points", { shape: [points.length, 3], data: scale(2, points.flat()) });
  const c = graph.initializer("squares", { shape: [points.length], data: scale(-1, squares) });
  graph.softmax(graph.gemm(rgb, b, { c, transB: true }), { output: "prob" });
  graph.output("prob", { dtype: "float32", shape: ["N", points.length] });
  return graph.build();
}
