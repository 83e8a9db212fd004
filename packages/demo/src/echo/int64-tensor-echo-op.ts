import { OpWithChannel } from "@paddlewheel/core";

interface Int64TensorRequest {
  readonly instances: readonly unknown[];
}

interface Float32TensorResponse {
  readonly predictions: readonly { readonly data: readonly number[]; readonly shape: readonly number[] }[];
}

/** Answers each tensor with [[1], [2]], whatever is in it. Source: the demo's Op of this name. */
export class Int64TensorEchoOp extends OpWithChannel<Float32TensorResponse> {
  static readonly type: string = "Int64TensorEchoOp";

  inference(): void {
    const { instances } = this.requestMessage<Int64TensorRequest>();
    this.output = { predictions: instances.map(() => ({ data: [1, 2], shape: [2, 1] })) };
  }
}
