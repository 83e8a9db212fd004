import {
  Code,
  type ConfigOf,
  type ConfigSchema,
  type Counter,
  defineConfig,
  GeneralBlob,
  OpWithChannel,
  ServeError,
  type Tensor,
} from "@paddlewheel/core";

type Options = ConfigSchema<{
  readonly k: { readonly int32: number };
  readonly labels: { readonly string: string };
  readonly unsure_below: { readonly double: number };
}>;

/** The most likely classes of each row of `prob` [N, classes], best first: texts `label` and float32 `prob`, both [N, k]. */
export class TopKOp extends OpWithChannel<GeneralBlob, ConfigOf<Options>> {
  static readonly type: string = "TopKOp";
  static readonly config: Options = defineConfig({
    /** Classes that are given; all when there are fewer. */
    k: { int32: 5 },
    /** Names of the classes in the model's order, with blanks between them. */
    labels: { string: "" },
    /** A row whose best class has less than this probability counts as unsure. */
    unsure_below: { double: 0.5 },
  });

  #labels: readonly string[] | undefined;
  #unsure: Counter | undefined;

  inference(): void {
    const [classifier = ""] = this.preNames;
    const scores = this.dependArgument(classifier);
    const rows = rowsOf(scores.tensor("prob")).map((row) => this.#best(row));
    const prob = rows.flatMap((row) => row.map((one) => one.prob));
    const label = rows.flatMap((row) => row.map((one) => one.label));
    const shape = [rows.length, rows[0]?.length ?? 0];
    const isUnsure = rows.map(([best]) => best !== undefined && best.prob < this.config.unsure_below);
    this.#countUnsure(isUnsure.filter(Boolean).length);
    const tensors = new Map<string, Tensor>([
      ["label", { dtype: "string", shape, data: label }],
      ["prob", { dtype: "float32", shape, data: Float32Array.from(prob) }],
    ]);
    this.output = new GeneralBlob(tensors, { timeStamps: scores.timeStamps });
  }

  #best(row: Float32Array): { label: string; prob: number }[] {
    this.#labels ??= this.config.labels.split(" ");
    if (row.length !== this.#labels.length) {
      const message = `labels of op "${this.name}": ${this.#labels.length} names for ${row.length} classes`;
      throw new ServeError(Code.opFailure, message);
    }
    const classes = Array.from(this.#labels, (label, index) => ({ label, prob: row[index] ?? 0 }));
    return classes.sort((a, b) => b.prob - a.prob).slice(0, this.config.k);
  }

  #countUnsure(rows: number): void {
    this.#unsure ??= this.environment.metrics.counter({
      name: "top_k_unsure_total",
      help: "Rows whose best class was less likely than unsure_below.",
      labels: { op: this.name },
    });
    this.#unsure.increment(rows);
  }
}

function rowsOf({ dtype, shape, data }: Readonly<Tensor>): Float32Array[] {
  const [rows = 0, classes = 0] = shape;
  if (dtype !== "float32" || !(data instanceof Float32Array) || shape.length !== 2) {
    throw new ServeError(
      Code.opFailure,
      `prob: ${dtype} [${shape.join(", ")}], must be float32 [N, classes]`,
    );
  }
  return Array.from({ length: rows }, (_, row) => data.subarray(row * classes, (row + 1) * classes));
}
