import { OpWithChannel } from "@paddlewheel/core";
import { type CategoriesResponse, fixedCategories, type InstancesRequest } from "./fixed-categories.js";

/** Answers each sparse instance with two numbers that tell its place in the request. */
export class SparseEchoOp extends OpWithChannel<CategoriesResponse> {
  static readonly type: string = "SparseEchoOp";

  inference(): void {
    this.output = fixedCategories(this.requestMessage<InstancesRequest>());
  }
}
