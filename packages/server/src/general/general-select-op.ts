import { Code, GeneralBlob, type OpBinding, OpWithChannel, quoteNames, ServeError } from "@paddlewheel/core";
import type { GeneralRequest } from "@paddlewheel/wire";
import { copyTensors } from "./copy-tensors.js";
import { profileOf } from "./profile.js";

/**
 * Gives what the first of its dependencies gave that has an output, in conf order: the join behind nodes of which a
 * condition skips some. As the only reader of a node it also is the fallback that says: go on with what there is.
 */
export class GeneralSelectOp extends OpWithChannel<GeneralBlob> {
  static readonly type: string = "GeneralSelectOp";
  #isLastReader: (name: string) => boolean = () => false;

  override bind(binding: OpBinding): void {
    super.bind(binding);
    if (binding.isLastReader) this.#isLastReader = binding.isLastReader;
  }

  inference(): void {
    const chosen = this.preNames.find((name) => this.hasDependArgument(name)) ?? this.#refuseNone();
    const blob = this.dependArgument<GeneralBlob>(chosen);
    const profile = profileOf(this, this.requestMessage<GeneralRequest>().profileServer, blob.timeStamps);
    const { vars, sequences } = blob;
    // Whoever reads this output may change or give away its tensors: they must not be those another node still reads.
    const tensors = this.#isLastReader(chosen) ? blob.tensors : copyTensors(blob.tensors);
    this.output = new GeneralBlob(tensors, { timeStamps: profile.stamps(), vars, sequences });
  }

  #refuseNone(): never {
    const message = `op "${this.name}" has no dependency that gave an output, it selects among ${quoteNames(this.preNames)}`;
    throw new ServeError(Code.opFailure, message);
  }
}
