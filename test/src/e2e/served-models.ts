import type { DType } from "@paddlewheel/core";
import { GraphBuilder, linearModel } from "@paddlewheel/onnx";

/** y = x · [1, 2, 3] + 0.5: float32 [N, 3] to float32 [N, 1]. */
export function linear(): Uint8Array {
  return linearModel({ weights: [1, 2, 3], bias: 0.5 });
}

/** sum = a + b, float32 [N, 2] each: two feeds whose batches must have one size. */
export function pair(): Uint8Array {
  const graph = new GraphBuilder({ name: "pair" });
  const type = { dtype: "float32", shape: ["N", 2] } as const;
  graph.add(graph.input("a", type), graph.input("b", type), { output: "sum" });
  graph.output("sum", type);
  return graph.build();
}

/** Rows 0 to 3 of [[0, 1], [10, 11], [20, 21], [30, 31]]: int64 ids [N] to float32 [N, 2]; any other id fails the run. */
export function gather(): Uint8Array {
  const graph = new GraphBuilder({ name: "gather" });
  const ids = graph.input("ids", { dtype: "int64", shape: ["N"] });
  const table = graph.initializer("table", {
    shape: [4, 2],
    data: Float32Array.of(0, 1, 10, 11, 20, 21, 30, 31),
  });
  graph.gather(table, ids, { output: "vectors" });
  graph.output("vectors", { dtype: "float32", shape: ["N", 2] });
  return graph.build();
}

/** Every element type that ONNX Runtime's binding has arrays for. */
export type ServedType = Exclude<DType, "bfloat16" | "complex64" | "complex128">;

/** Six elements of each: ends of the range, what JSON has no number for, and what 16 bits are of. */
export const sampleValues: Readonly<Record<ServedType, readonly (number | string | boolean)[]>> = {
  int64: ["0", "-1", "9007199254740993", "-9007199254740993", "9223372036854775807", "-9223372036854775808"],
  float32: [0, -1.5, 3.4028234663852886e38, 1.401298464324817e-45, Number.NaN, Number.NEGATIVE_INFINITY],
  int32: [0, 1, -1, 65_536, 2_147_483_647, -2_147_483_648],
  float64: [0.1, -1.5, Number.MAX_VALUE, Number.MIN_VALUE, Number.NaN, Number.POSITIVE_INFINITY],
  int16: [0, 1, -1, 256, 32_767, -32_768],
  float16: [0x0000, 0x3c00, 0x8000, 0x7bff, 0x7e00, 0xfc00],
  uint8: [0, 1, 127, 128, 254, 255],
  int8: [0, 1, -1, 64, 127, -128],
  bool: [true, false, false, true, true, false],
  string: ["", "a", "größe 特征", "🎛 \u{1d4b3}", 'quote " and \\', "line\nend\u2028"],
};
export const servedTypes: readonly ServedType[] = Object.keys(sampleValues) as ServedType[];

/** For each type a feed of its name, [N, 2], that comes back as `{type}_out`. */
export function everyType(): Uint8Array {
  return identities(["N", 2]);
}

/** The same with scalars. */
export function everyScalar(): Uint8Array {
  return identities([]);
}

function identities(shape: readonly (number | string)[]): Uint8Array {
  const graph = new GraphBuilder({ name: "identities" });
  for (const dtype of servedTypes) {
    graph.identity(graph.input(dtype, { dtype, shape }), { output: `${dtype}_out` });
    graph.output(`${dtype}_out`, { dtype, shape });
  }
  return graph.build();
}
