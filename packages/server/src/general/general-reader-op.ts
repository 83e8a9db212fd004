import { Code, GeneralBlob, OpWithChannel, ServeError, type Tensor } from "@paddlewheel/core";
import type { GeneralRequest } from "@paddlewheel/wire";
import { profileOf } from "./profile.js";

/** What a reader makes of a request: its tensors by name, and the `sequences` of those it padded. */
export interface ReadTensors {
  readonly tensors: Map<string, Tensor>;
  readonly sequences?: ReadonlyMap<string, readonly number[]>;
}

/** Takes the tensors of a GeneralModelService request, by name; a tensor without one goes by its alias. */
export class GeneralReaderOp extends OpWithChannel<GeneralBlob> {
  static readonly type: string = "GeneralReaderOp";

  inference(): void {
    const request = this.requestMessage<GeneralRequest>();
    const profile = profileOf(this, request.profileServer);
    const { tensors, sequences } = this.read(request);
    this.output = new GeneralBlob(tensors, { timeStamps: profile.stamps(), sequences });
  }

  /** The request's tensors as the next Op gets them; other readers change them here. */
  protected read(request: GeneralRequest): ReadTensors {
    if (request.tensors.length === 0) {
      throw new ServeError(Code.invalidArgument, "tensor: the request has none, at least one is needed");
    }
    const tensors = new Map<string, Tensor>();
    for (const tensor of request.tensors) {
      const name = tensor.name || tensor.aliasName;
      const index = tensors.size;
      if (name === "") refuse(index, "has neither name nor alias_name");
      tensors.set(name, tensor);
      if (tensors.size === index) refuse(index, `"${name}" is given twice`);
    }
    return { tensors };
  }
}

function refuse(index: number, problem: string): never {
  throw new ServeError(Code.invalidArgument, `tensor[${index}]: ${problem}`);
}
