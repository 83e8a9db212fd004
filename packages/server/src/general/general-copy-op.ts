import { Code, GeneralBlob, OpWithChannel, ServeError } from "@paddlewheel/core";
import type { GeneralRequest } from "@paddlewheel/wire";
import { copyTensors } from "./copy-tensors.js";
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
    const profile = profileOf(this, this.requestMessage<GeneralRequest>().profileServer, blob.timeStamps);
    const { vars, sequences } = blob;
    const tensors = copyTensors(blob.tensors);
    this.output = new GeneralBlob(tensors, { timeStamps: profile.stamps(), vars, sequences });
  }
}
