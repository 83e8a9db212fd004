import type { Tensor } from "@paddlewheel/core/message";

/** Full name of the service all Paddle Serving clients call. */
export const generalModelServiceName: string =
  "baidu.paddle_serving.predictor.general_model.GeneralModelService";

/** A tensor with its names. Source: message Tensor of Paddle Serving's general_model_service.proto, as are the others. */
export interface GeneralTensor extends Tensor {
  /** Name inside the model; a request's tensors are found by it. */
  readonly name: string;
  /** Name clients use. */
  readonly aliasName: string;
}

export interface GeneralRequest {
  readonly tensors: readonly GeneralTensor[];
  /** Aliases of the outputs wanted, in the order wanted; empty for all. */
  readonly fetchVarNames: readonly string[];
  /** Asks for `profileTime` of each step. */
  readonly profileServer: boolean;
  /** The caller's id for its own logs, from 0 to 2^64 - 1. */
  readonly logId: bigint;
}

/** What one model gave. */
export interface ModelOutput {
  readonly tensors: readonly GeneralTensor[];
  /** Name of the node that ran the model. */
  readonly engineName: string;
}

export interface GeneralResponse {
  readonly outputs: readonly ModelOutput[];
  /** Pairs of start and end, whole microseconds since the Unix epoch; the last pair is the whole call. */
  readonly profileTime: readonly number[];
  readonly profileServer: boolean;
  readonly logId: bigint;
  /** A `Code`, 0 for success. */
  readonly errNo: number;
  readonly errMsg: string;
}
