import { OpWithChannel } from "@paddlewheel/core";
import { onlyDependency } from "../only-dependency.js";
import type { ClassifyResponse } from "./classify-op.js";

interface ImageResponse {
  readonly predictions: readonly { readonly responseJson: string }[];
}

/** Writes the scores of each picture as JSON, `{"categories":[0.25,0.75]}`, in the order of the model's classes. */
export class WriteJsonOp extends OpWithChannel<ImageResponse> {
  static readonly type: string = "WriteJsonOp";

  inference(): void {
    const { predictions } = this.dependArgument<ClassifyResponse>(onlyDependency(this));
    this.output = {
      predictions: predictions.map(({ categories }) => ({
        responseJson: JSON.stringify({ categories: Array.from(categories, jsonNumber) }),
      })),
    };
  }
}

/** JSON has no NaN and no infinities; brpc writes them as strings. */
function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
