import { OpWithChannel } from "@paddlewheel/core";

/** Gives the request back as the response. */
export class CommonEchoOp extends OpWithChannel<object> {
  static readonly type: string = "CommonEchoOp";

  inference(): void {
    this.output = this.requestMessage<object>();
  }
}
