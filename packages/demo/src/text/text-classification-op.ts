import {
  Code,
  type ConfigSchema,
  defineConfig,
  OpWithChannel,
  ServeError,
  type Tensor,
  type VarSignature,
} from "@paddlewheel/core";
import { scoreRows } from "../score-rows.js";
import { type PaddedIds, padIds, type TextInstance } from "./pad-ids.js";

interface TextRequest {
  readonly instances: readonly TextInstance[];
}

interface TextResponse {
  readonly predictions: readonly { readonly class0Prob: number; readonly class1Prob: number }[];
}

const classes = 2;

/**
 * Tells how likely each text of a request belongs to either of two classes. Paddle's model takes the ids of all texts one
 * after the other, and level-of-detail offsets that cut them. ONNX has no such offsets, so the model takes texts padded
 * to the longest, int64 `[texts, longest]`, and their lengths, int64 `[texts]`, by which it tells ids from padding: all
 * texts of a request are one run. A model that takes no lengths must itself know 0 as padding. It gives float32
 * `[texts, 2]`.
 *
 * Option `engine`: name of the engine, default `text_classification_bow`. Compat: as in the demo, whose node has another
 * name than its engine.
 */
export class TextClassificationOp extends OpWithChannel<TextResponse, { readonly engine: string }> {
  static readonly type: string = "TextClassificationOp";
  static readonly needsEngine: boolean = true;
  static readonly engineOption: string = "engine";
  static readonly config: ConfigSchema = defineConfig({ engine: { string: "text_classification_bow" } });

  async inference(): Promise<void> {
    const { instances } = this.requestMessage<TextRequest>();
    const outputs = await this.infer(this.#bind(padIds(instances)));
    const rows = scoreRows(this.engineName, outputs, { rows: instances.length, classes });
    this.output = {
      predictions: rows.map(([class0Prob = 0, class1Prob = 0]) => ({ class0Prob, class1Prob })),
    };
  }

  /** Inputs have whatever names the model gives them; their axes tell which is which. */
  #bind({ ids, lengths }: PaddedIds): Map<string, Tensor> {
    const { inputs } = this.engine().signature;
    const ranks = inputs.map(({ shape }) => shape.length);
    if (ranks.filter((rank) => rank === 2).length !== 1 || inputs.length > 2 || !ranks.every(isRank)) {
      throw this.#refusal(inputs);
    }
    return new Map(inputs.map(({ name, shape }) => [name, shape.length === 2 ? ids : lengths]));
  }

  #refusal(inputs: readonly VarSignature[]): ServeError {
    const taken = inputs.map(({ name, dtype, shape }) => `"${name}" ${dtype} [${shape.join(", ")}]`);
    const message = `the model of engine "${this.engineName}" takes ${taken.join(", ")}, must take ids [texts, longest], and may take lengths [texts]`;
    return new ServeError(Code.opFailure, message);
  }
}

function isRank(rank: number): boolean {
  return rank === 1 || rank === 2;
}
