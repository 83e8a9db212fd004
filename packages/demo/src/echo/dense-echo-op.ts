import { OpWithChannel } from "@paddlewheel/core";
import { type CategoriesResponse, fixedCategories, type InstancesRequest } from "./fixed-categories.js";

/** Answers each dense instance with two numbers that tell its place in the request. */
export class DenseEchoOp extends OpWithChannel<CategoriesResponse> {
  static readonly type: string = "DenseEchoOp";

  inference(): void {
    this.output = fixedCategories(this.requestMessage<InstancesRequest>());
  }
}
