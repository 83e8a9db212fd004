import {
  Code,
  type InferEngineInfo,
  type InferManager,
  type InferOptions,
  ServeError,
  type TensorMap,
  type VersionChoice,
} from "@paddlewheel/core";
import type { EngineStatus, LocalInferManager } from "@paddlewheel/inference";

/** Stands for the InferManager while models load, so that workflows are built and checked before the first model is. */
export class LateInferManager implements InferManager {
  #manager: LocalInferManager | undefined;

  bind(manager: LocalInferManager): void {
    this.#manager = manager;
  }

  /** The engines as they are; none while they load. */
  states(): readonly EngineStatus[] {
    return this.#manager?.engines() ?? [];
  }

  has(name: string): boolean {
    return this.#bound().has(name);
  }

  engine(name: string, choice?: VersionChoice): InferEngineInfo {
    return this.#bound().engine(name, choice);
  }

  infer(name: string, inputs: TensorMap, options?: InferOptions): Promise<TensorMap> {
    return this.#bound().infer(name, inputs, options);
  }

  refusal(name: string, choice: VersionChoice): ServeError | undefined {
    return this.#manager?.refusal(name, choice);
  }

  /** See `LocalInferManager.reload`. */
  async reload(name: string): Promise<EngineStatus> {
    return await this.#bound().reload(name);
  }

  /** See `LocalInferManager.setLabel`. */
  setLabel(name: string, label: string, version: string): EngineStatus {
    return this.#bound().setLabel(name, label, version);
  }

  #bound(): LocalInferManager {
    if (!this.#manager) throw new ServeError(Code.unavailable, "models are still loading");
    return this.#manager;
  }
}
