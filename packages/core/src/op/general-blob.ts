import { Code } from "../code.js";
import type { ModelVarConf } from "../engine/engine-conf.js";
import { quoteNames } from "../quote-value.js";
import { ServeError } from "../serve-error.js";
import type { Tensor } from "../tensor/tensor.js";

export interface GeneralBlobOptions {
  readonly timeStamps?: readonly number[];
  readonly vars?: readonly ModelVarConf[] | undefined;
  readonly sequences?: ReadonlyMap<string, readonly number[]> | undefined;
}

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
    this.timeStamps = options.timeStamps ?? [];
    this.vars = options.vars;
    this.sequences = options.sequences ?? new Map();
  }

  /** @throws ServeError invalidArgument when there is no tensor of that name; the message lists those there are. */
  tensor(name: string): Tensor {
    const tensor = this.tensors.get(name);
    if (tensor) return tensor;
    const known = quoteNames(this.tensors.keys());
    throw new ServeError(Code.invalidArgument, `no tensor named "${name}", there is ${known}`);
  }
}
