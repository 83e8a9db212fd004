import type { Call } from "../call.js";
import type { CallSpan } from "../observe/call-trace.js";
import type { DType } from "../tensor/dtype.js";
import type { TensorMap } from "../tensor/tensor.js";
import type { ModelConf } from "./engine-conf.js";

/** An input or output of a loaded model. */
export interface VarSignature {
  readonly name: string;
  readonly dtype: DType;
  /** Sizes per axis, the batch axis included; a string is the name of a free axis. */
  readonly shape: readonly (number | string)[];
}

/** What a loaded model takes and gives, in the model's own order. */
export interface ModelSignature {
  readonly inputs: readonly VarSignature[];
  readonly outputs: readonly VarSignature[];
}

/** A loaded engine as Ops see it. */
export interface InferEngineInfo {
  readonly name: string;
  /** The version that answers now; `0` for a model folder without versions. */
  readonly version: string;
  readonly signature: ModelSignature;
  /** Aliases and LoD flags; derived from the signature when conf gave none. */
  readonly model: ModelConf;
}

export interface InferOptions {
  /** The call the run is for: a run of a stopped call is not started, the result of a running one is dropped. */
  readonly call?: Call;
  /** Of the call's trace: what the engine's own spans belong to. */
  readonly span?: CallSpan | undefined;
}

/** Engine name → engine: the only thing an Op knows of models. */
export interface InferManager {
  has(name: string): boolean;

  /** @throws ServeError notFound when no engine has the name. */
  engine(name: string): InferEngineInfo;

  /**
   * Runs the named engine's model once on `inputs`, by the model's own input names, and gives its outputs in the
   * model's order. Inputs stay the caller's: they are read, copied where they cross a thread, never changed.
   * @throws ServeError notFound, invalidArgument (names the tensor), resourceExhausted (queue full), cancelled,
   * deadlineExceeded, opFailure (the model failed).
   */
  infer(name: string, inputs: TensorMap, options?: InferOptions): Promise<TensorMap>;
}
