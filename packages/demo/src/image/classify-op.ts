import {
  Code,
  type ConfigSchema,
  defineConfig,
  type GeneralBlob,
  OpWithChannel,
  ServeError,
} from "@paddlewheel/core";
import { onlyDependency } from "../only-dependency.js";
import { scoreRows } from "../score-rows.js";

/** The demo's message ClassifyResponse. */
export interface ClassifyResponse {
  /** The scores of each picture, one for each class of the model. */
  readonly predictions: readonly { readonly categories: Float32Array }[];
}

/**
 * Runs a classifier on the pictures its dependency has read: the model takes one tensor, and gives one of scores, float32
 * `[pictures, classes]`.
 *
 * Option `engine`: name of the engine, default `image_classification_resnet`. Compat: as in the demo, whose node has
 * another name than its engine.
 */
export class ClassifyOp extends OpWithChannel<ClassifyResponse, { readonly engine: string }> {
  static readonly type: string = "ClassifyOp";
  static readonly needsEngine: boolean = true;
  static readonly engineOption: string = "engine";
  static readonly config: ConfigSchema = defineConfig({ engine: { string: "image_classification_resnet" } });

  async inference(): Promise<void> {
    const image = this.dependArgument<GeneralBlob>(onlyDependency(this)).tensor("image");
    const outputs = await this.infer(new Map([[this.#inputName(), image]]));
    const rows = scoreRows(this.engineName, outputs, { rows: image.shape[0] ?? 0 });
    this.output = { predictions: rows.map((categories) => ({ categories })) };
  }

  #inputName(): string {
    const { inputs } = this.engine().signature;
    const [only, ...others] = inputs;
    if (only && others.length === 0) return only.name;
    const message = `the model of engine "${this.engineName}" takes ${inputs.length} tensors, must take one of pictures`;
    throw new ServeError(Code.opFailure, message);
  }
}
