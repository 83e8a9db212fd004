/** A request of the dense and the sparse service, as far as their Ops look at it. */
export interface InstancesRequest {
  readonly instances: readonly unknown[];
}

export interface CategoriesResponse {
  readonly predictions: readonly { readonly categories: Float32Array }[];
}

/** Instance i is told [100 + 0.1 i, 200 + 0.1 i], whatever is in it. Source: the demo's DenseEchoOp and SparseEchoOp. */
export function fixedCategories({ instances }: InstancesRequest): CategoriesResponse {
  return {
    predictions: instances.map((_, i) => ({ categories: Float32Array.of(100 + i * 0.1, 200 + i * 0.1) })),
  };
}
