import { GraphBuilder } from "../build/graph-builder.js";
import { seededRandom, uniformArray } from "./seeded-random.js";

export interface GatherModelOptions {
  /** Rows of the table: ids run from 0 to `vocabulary - 1`. */
  readonly vocabulary: number;
  /** Length of one vector. */
  readonly dimension: number;
  /** Seed of the table, numbers between -1 and 1. */
  readonly seed: number;
  /** Default `ids`. */
  readonly feedName?: string;
  /** Default `vectors`. */
  readonly fetchName?: string;
}

/** An embedding table: int64 ids [N] to float32 vectors [N, dimension]. An id outside the table fails the run. */
export function gatherModel(options: GatherModelOptions): Uint8Array {
  const { vocabulary, dimension, seed, feedName = "ids", fetchName = "vectors" } = options;
  const graph = new GraphBuilder({ name: "gather" });
  const ids = graph.input(feedName, { dtype: "int64", shape: ["N"] });
  const data = uniformArray(seededRandom(seed), vocabulary * dimension, 1);
  const table = graph.initializer("table", { shape: [vocabulary, dimension], data });
  graph.gather(table, ids, { output: fetchName });
  graph.output(fetchName, { dtype: "float32", shape: ["N", dimension] });
  return graph.build();
}
