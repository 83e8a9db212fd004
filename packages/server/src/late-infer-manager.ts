import {
  Code,
  type InferEngineInfo,
  type InferManager,
  type InferOptions,
  ServeError,
  type TensorMap,
} from "@paddlewheel/core";

/** Stands for the InferManager while models load, so that workflows are built and checked before the first model is. */
export class LateInferManager implements InferManager {
  #manager: InferManager | undefined;

  bind(manager: InferManager): void {
    this.#manager = manager;
  }

  has(name: string): boolean {
    return this.#bound().has(name);
  }

  engine(name: string): InferEngineInfo {
    return this.#bound().engine(name);
  }

  infer(name: string, inputs: TensorMap, options?: InferOptions): Promise<TensorMap> {
    return this.#bound().infer(name, inputs, options);
  }

  #bound(): InferManager {
    if (!this.#manager) throw new ServeError(Code.unavailable, "models are still loading");
    return this.#manager;
  }
}
