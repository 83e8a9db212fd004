import { GraphBuilder, type ValueType } from "../build/graph-builder.js";

export interface IdentityModelOptions extends ValueType {
  /** Default `x`. */
  readonly feedName?: string;
  /** Default `y`. */
  readonly fetchName?: string;
}

/** Gives back what it gets, in the type and shape asked for: what serving itself costs. */
export function identityModel(options: IdentityModelOptions): Uint8Array {
  const { dtype, shape, feedName = "x", fetchName = "y" } = options;
  const graph = new GraphBuilder({ name: "identity" });
  graph.identity(graph.input(feedName, { dtype, shape }), { output: fetchName });
  graph.output(fetchName, { dtype, shape });
  return graph.build();
}
