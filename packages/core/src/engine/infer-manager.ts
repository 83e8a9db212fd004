import type { Call } from "../call.js";
import type { CallSpan } from "../observe/call-trace.js";
import type { ServeError } from "../serve-error.js";
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
  /** `0` for a model folder without versions. */
  readonly version: string;
  /** Tells apart what was served under one version one after the other; undefined where that cannot change. */
  readonly revision?: string | undefined;
  readonly signature: ModelSignature;
  /** Aliases and LoD flags; derived from the signature when conf gave none. */
  readonly model: ModelConf;
}

/** Which version of an engine is meant. */
export interface VersionChoice {
  /** Version or label that the Op wants; undefined or empty for what the request asks for, else the engine's default. */
  readonly version?: string | undefined;
  /** The call the run is for: its request may ask for a version. */
  readonly call?: Call;
}

export interface InferOptions extends VersionChoice {
  /** The call the run is for: a run of a stopped call is not started, the result of a running one is dropped. */
  readonly call?: Call;
  /** Of the call's trace: what the engine's own spans belong to. */
  readonly span?: CallSpan | undefined;
}

/** Engine name → engine: the only thing an Op knows of models. */
export interface InferManager {
  has(name: string): boolean;

  /**
   * The version of an engine that `infer` would run now for the same choice.
   * @throws ServeError notFound when no engine has the name, or the engine has no such version; unavailable when that
   * version is not ready.
   */
  engine(name: string, choice?: VersionChoice): InferEngineInfo;

  /**
   * Runs the named engine's model once on `inputs`, by the model's own input names, and gives its outputs in the
   * model's order. Inputs stay the caller's: they are read, copied where they cross a thread, never changed. The map of
   * outputs becomes the caller's, who may change it; their data may be shared.
   * @throws ServeError notFound, unavailable, invalidArgument (names the tensor), resourceExhausted (queue full), cancelled,
   * deadlineExceeded, opFailure (the model failed).
   */
  infer(name: string, inputs: TensorMap, options?: InferOptions): Promise<TensorMap>;

  /**
   * Why `infer` would refuse a run now, whatever its inputs; counts as a refusal. Undefined when it may not, or nobody
   * knows. For who can send a request away before it is read.
   */
  refusal?(name: string, choice: VersionChoice): ServeError | undefined;
}
