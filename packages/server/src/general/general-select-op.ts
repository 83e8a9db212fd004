import { Code, GeneralBlob, OpWithChannel, quoteNames, ServeError } from "@paddlewheel/core";
import type { GeneralRequest } from "@paddlewheel/wire";
import { profileOf } from "./profile.js";

/**
 * Gives what the first of its dependencies gave that has an output, in conf order: the join behind nodes of which a
 * condition skips some. As the only reader of a node it also is the fallback that says: go on with what there is.
 */
export class GeneralSelectOp extends OpWithChannel<GeneralBlob> {
  static readonly type: string = "GeneralSelectOp";

  inference(): void {
    const chosen = this.preNames.find((name) => this.hasDependArgument(name)) ?? this.#refuseNone();
    const blob = this.dependArgument<GeneralBlob>(chosen);
    const profile = profileOf(this, this.requestMessage<GeneralRequest>().profileServer);
    const { vars, sequences } = blob;
    // The tensors are shared with whoever else reads them, the map of them is not.
    const tensors = new Map(blob.tensors);
    this.output = new GeneralBlob(tensors, { timeStamps: profile.stamps(blob.timeStamps), vars, sequences });
  }

  #refuseNone(): never {
    const message = `op "${this.name}" has no dependency that gave an output, it selects among ${quoteNames(this.preNames)}`;
    throw new ServeError(Code.opFailure, message);
  }
}
