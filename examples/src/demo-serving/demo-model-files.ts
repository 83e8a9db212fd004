import { bagOfWordsModel } from "./bag-of-words-model.js";
import { classifierModel } from "./classifier-model.js";

/** Every file of the example's models, by its path under examples/demo-serving/models. */
export function demoModelFiles(): ReadonlyMap<string, Uint8Array> {
  return new Map([
    ["image_classification_resnet/model.onnx", classifierModel(3)],
    ["text_classification_bow/model.onnx", bagOfWordsModel(1)],
    // Last: its change tells a running server that the models are new.
    ["fluid_time_file", new Uint8Array(0)],
  ]);
}
