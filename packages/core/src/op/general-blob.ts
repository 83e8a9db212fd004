import { Code } from "../code.js";
import { ServeError } from "../serve-error.js";
import type { Tensor, TensorMap } from "../tensor/tensor.js";

/** What the general Ops hand to each other: named tensors, and the profile stamps of the Ops they came through. */
export class GeneralBlob {
  readonly tensors: Map<string, Tensor>;
  /** Start and end of each Op passed so far, in µs since the epoch, in order. */
  readonly timeStamps: number[];

  constructor(tensors: TensorMap = new Map(), timeStamps: readonly number[] = []) {
    this.tensors = new Map(tensors);
    this.timeStamps = [...timeStamps];
  }

  /** @throws ServeError invalidArgument when there is no tensor of that name; the message lists those there are. */
  tensor(name: string): Tensor {
    const tensor = this.tensors.get(name);
    if (tensor) return tensor;
    const names = [...this.tensors.keys()].map((known) => `"${known}"`).join(", ");
    throw new ServeError(Code.invalidArgument, `no tensor named "${name}", there is ${names || "none"}`);
  }
}
