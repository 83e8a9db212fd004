import type { PreparedModel } from "../models/prepared-model.js";
import type { BenchService } from "./bench-service.js";

/** A request and what its answer must be. */
export interface CheckedRequest {
  /** An encoded request message. */
  readonly message: Uint8Array;
  /** The values of the first tensor of a GeneralModelService response, or all bytes of another. */
  readonly expected: Float32Array | Uint8Array;
}

/** What the contenders of a case are asked, with the right answers. */
export interface PreparedWorkload {
  /** Also of its files. */
  readonly name: string;
  /** Where its files, conf and logs go, which bear its name. */
  readonly directory: string;
  readonly service: BenchService;
  /** Different ones, so that an answer that goes to the wrong caller is seen to be wrong. */
  readonly requests: readonly CheckedRequest[];
}

/** Without a model: an echo of two numbers. */
export interface EchoWorkload extends PreparedWorkload {
  readonly kind: "echo";
}

/** Without a model: a large tensor, of which the first element is the answer. */
export interface ImageWorkload extends PreparedWorkload {
  readonly kind: "image";
}

export type Workload = PreparedModel | EchoWorkload | ImageWorkload;
