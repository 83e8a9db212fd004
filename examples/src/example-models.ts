import { colourModel } from "./custom-op/colour-model.js";
import { bowModel } from "./sentiment/bow-model.js";
import { cnnModel } from "./sentiment/cnn-model.js";

/** The models that are built here, by their paths under examples/. */
export function exampleModels(): ReadonlyMap<string, Uint8Array> {
  return new Map([
    ["custom-op/model/model.onnx", colourModel()],
    ["ensemble/models/bow/model.onnx", bowModel()],
    ["ensemble/models/cnn/model.onnx", cnnModel()],
    ["cascade/models/small/model.onnx", bowModel()],
    ["cascade/models/large/model.onnx", cnnModel()],
  ]);
}
