import { GeneralBlob, OpWithChannel } from "@paddlewheel/core";
import { imageInput, imageOutput } from "../workloads/image-workload.js";

/** The least a server can do with an image: gives its first element. */
export class FirstElementOp extends OpWithChannel<GeneralBlob> {
  static readonly type: string = "FirstElementOp";

  inference(): void {
    const [reader = ""] = this.preNames;
    const { data } = this.dependArgument<GeneralBlob>(reader).tensorOf(imageInput, "float32");
    this.output = new GeneralBlob(
      new Map([[imageOutput, { dtype: "float32", shape: [1], data: data.slice(0, 1) }]]),
    );
  }
}
