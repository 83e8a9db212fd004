/** An input or output of a model. */
export interface ValueSummary {
  readonly name: string;
  /**
   * Element type by ONNX Runtime's name, e.g. `float32`; `unknown(99)` for a number of a future format. What is no
   * dense tensor says so instead: `sequence`, `map`, `optional`, `sparse_tensor`, `opaque`.
   */
  readonly dtype: string;
  /**
   * Sizes per axis, the batch axis included; a string is the name of a free axis. A free axis without a name in the
   * model is called after the value: `x_dim_0`. undefined when the model does not even tell the rank.
   */
  readonly shape: readonly (number | string)[] | undefined;
}

/** A tensor whose elements lie in another file. */
export interface ExternalTensor {
  /** Empty for most tensors inside attributes. */
  readonly tensor: string;
  /** As written in the model, by the rules relative to the model's folder; empty when the model forgot it. */
  readonly location: string;
  /** Where in that file its parts begin, in bytes: the elements, and the forms of them that ONNX Runtime packed. */
  readonly offsets: readonly number[];
}

/** What a model file declares, without its weights. */
export interface ModelSummary {
  readonly irVersion: number;
  readonly producer: { readonly name: string; readonly version: string };
  /** Operator set versions by domain; the default domain is `ai.onnx`. */
  readonly opsets: ReadonlyMap<string, number>;
  /** What a caller must give: the graph's inputs without those that have an initializer. */
  readonly inputs: readonly ValueSummary[];
  readonly outputs: readonly ValueSummary[];
  /** Nodes by operator, those in nested graphs and functions included; `domain:Op` outside the default domain. */
  readonly opCounts: ReadonlyMap<string, number>;
  /** Elements of all initializers; of a sparse one the elements that are stored. */
  readonly parameterCount: number;
  /** Bytes these take in memory; strings and unknown types count as 0. */
  readonly parameterBytes: number;
  /** Every tensor with elements in another file: initializers, sparse ones, attributes, nested graphs, functions, training graphs. */
  readonly externalData: readonly ExternalTensor[];
}
