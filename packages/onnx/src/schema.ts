import { Root, type Type } from "protobufjs";
import { descriptor } from "./gen/onnx.js";

const root = Root.fromJSON(descriptor);
root.resolveAll();

/** The schema of one ONNX message, e.g. `GraphProto`. */
export function messageType(name: string): Type {
  return root.lookupType(`onnx.${name}`);
}
