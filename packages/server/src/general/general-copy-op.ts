import {
  Code,
  GeneralBlob,
  OpWithChannel,
  ServeError,
  type Tensor,
  type TensorData,
  type TensorMap,
} from "@paddlewheel/core";
import type { GeneralRequest } from "@paddlewheel/wire";
import { profileOf } from "./profile.js";

/** Gives a copy of its one dependency's tensors, data included, for Ops that change them. */
export class GeneralCopyOp extends OpWithChannel<GeneralBlob> {
  static readonly type: string = "GeneralCopyOp";

  inference(): void {
    const [source, ...others] = this.preNames;
    if (source === undefined || others.length > 0) {
      throw new ServeError(
        Code.opFailure,
        `op "${this.name}" copies exactly one dependency, it has ${this.preNames.length}`,
      );
    }
    const blob = this.dependArgument<GeneralBlob>(source);
    const profile = profileOf(this, this.requestMessage<GeneralRequest>().profileServer);
    const { vars, sequences } = blob;
    const tensors = copyTensors(blob.tensors);
    this.output = new GeneralBlob(tensors, { timeStamps: profile.stamps(blob.timeStamps), vars, sequences });
  }
}

/** The same tensors with elements of their own. */
function copyTensors(tensors: TensorMap): Map<string, Tensor> {
  const copies = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) copies.set(name, { ...tensor, data: copyOf(tensor.data) });
  return copies;
}

/** `slice` of a Buffer, which is a Uint8Array too, would be a view. */
function copyOf(data: TensorData): TensorData {
  return data instanceof Uint8Array ? new Uint8Array(data) : data.slice();
}
