import { Code } from "../code.js";
import type { ModelVarConf } from "../engine/engine-conf.js";
import type { TensorOf } from "../engine/model-types.js";
import { quoteNames } from "../quote-value.js";
import { ServeError } from "../serve-error.js";
import type { DType } from "../tensor/dtype.js";
import type { Tensor } from "../tensor/tensor.js";

export interface GeneralBlobOptions {
  readonly timeStamps?: readonly number[];
  readonly vars?: readonly ModelVarConf[] | undefined;
  readonly sequences?: ReadonlyMap<string, readonly number[]> | undefined;
}

const noStamps: readonly number[] = [];
const noSequences: ReadonlyMap<string, readonly number[]> = new Map();

/** What the general Ops hand to each other: named tensors, and the profile stamps of the Ops they came through. */
export class GeneralBlob {
  /** In the order of whoever made them. Belongs to the blob: an Op that has it `RW` may add, replace and delete. */
  readonly tensors: Map<string, Tensor>;
  /** Start and end of each Op passed so far, in µs since the epoch, in order; empty unless the request is profiled. */
  readonly timeStamps: readonly number[];
  /** Aliases of the tensors when a model made them; undefined for tensors of a request. */
  readonly vars: readonly ModelVarConf[] | undefined;
  /**
   * By name of a tensor padded to `[sequences, longest, ...]`: where each sequence began in the ragged form, and at last
   * where the rows ended. Empty when nothing is padded.
   */
  readonly sequences: ReadonlyMap<string, readonly number[]>;

  constructor(tensors: Map<string, Tensor> = new Map(), options: GeneralBlobOptions = {}) {
    this.tensors = tensors;
    this.timeStamps = options.timeStamps ?? noStamps;
    this.vars = options.vars;
    this.sequences = options.sequences ?? noSequences;
  }

  /**
   * The tensor of a name, or of an alias when a model made it.
   * @throws ServeError invalidArgument when there is none; the message lists those there are.
   */
  tensor(name: string): Tensor {
    const tensor = this.tensors.get(name) ?? this.tensors.get(this.#nameOfAlias(name));
    if (tensor) return tensor;
    const known = quoteNames(this.tensors.keys());
    throw new ServeError(Code.invalidArgument, `no tensor named "${name}", there is ${known}`);
  }

  /**
   * As `tensor`, for one that must have a certain element type and, when given, number of axes.
   * @throws ServeError invalidArgument that says what it is and what it must be.
   */
  tensorOf<D extends DType>(name: string, dtype: D, rank?: number): TensorOf<D> {
    const tensor = this.tensor(name);
    const hasRank = rank === undefined || tensor.shape.length === rank;
    if (tensor.dtype === dtype && hasRank) return tensor as TensorOf<D>;
    const wanted = rank === undefined ? dtype : `${dtype} with ${rank} ${rank === 1 ? "axis" : "axes"}`;
    const message = `tensor "${name}" is ${tensor.dtype} [${tensor.shape.join(", ")}], must be ${wanted}`;
    throw new ServeError(Code.invalidArgument, message);
  }

  #nameOfAlias(alias: string): string {
    return this.vars?.find(({ aliasName }) => aliasName === alias)?.name ?? "";
  }
}
