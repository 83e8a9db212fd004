import { OnnxBuildError } from "./onnx-build-error.js";
import { type ProtoObject, type TensorInit, tensorProto } from "./tensor-proto.js";

/** A graph to be nested in a node, such as a branch of `If`. */
export interface NestedGraph {
  toProto(): ProtoObject;
}

/**
 * Value of a node's attribute. A bare number or list is INT or INTS; floats are marked, because ONNX tells 1 from 1.0
 * and JavaScript does not.
 */
export type AttributeValue =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] }
  | { readonly tensor: TensorInit }
  | { readonly graph: NestedGraph };

/** `AttributeProto.AttributeType` */
const AttributeType = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;

/** The AttributeProto of a value; throws OnnxBuildError that opens with `what`. */
export function attributeProto(what: string, name: string, value: AttributeValue): ProtoObject {
  return { name, ...content(`${what}: attribute "${name}"`, value) };
}

function content(what: string, value: AttributeValue): ProtoObject {
  if (typeof value === "string") return { type: AttributeType.string, s: Buffer.from(value) };
  if (typeof value === "number") return { type: AttributeType.int, i: wholeNumber(what, value) };
  if ("float" in value) return { type: AttributeType.float, f: value.float };
  if ("floats" in value) return { type: AttributeType.floats, floats: value.floats };
  if ("strings" in value) {
    return { type: AttributeType.strings, strings: value.strings.map((text) => Buffer.from(text)) };
  }
  if ("tensor" in value) return { type: AttributeType.tensor, t: tensorProto(what, "", value.tensor) };
  if ("graph" in value) return { type: AttributeType.graph, g: value.graph.toProto() };
  return { type: AttributeType.ints, ints: value.map((each) => wholeNumber(what, each)) };
}

function wholeNumber(what: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new OnnxBuildError(`${what}: ${value} is not a whole number; write { float: ${value} } for a float`);
}
