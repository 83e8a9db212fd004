import {
  type ElementArray,
  elementTypeOfArray,
  elementTypes,
  type OnnxElementType,
} from "../element-type.js";
import { OnnxBuildError } from "./onnx-build-error.js";

/** A constant tensor, row-major. */
export interface TensorInit {
  /** `[]` is a scalar. */
  readonly shape: readonly number[];
  /** As many elements as the shape asks. The array is read when the model is built, so leave it unchanged until then. */
  readonly data: ElementArray | readonly string[];
  /** Needed where the array could be several types, e.g. `bool` for a Uint8Array; by default the plain type of the array. */
  readonly dtype?: OnnxElementType;
}

/** A constant tensor that is kept in a file beside the model: `product(shape)` elements, row-major, little endian. */
export interface ExternalInit {
  readonly dtype: OnnxElementType;
  readonly shape: readonly number[];
  /** Path relative to the model's folder. It is written as given, also one that a careful runtime refuses. */
  readonly location: string;
  /** Bytes before the first element. Default 0. */
  readonly offset?: number;
}

/** `TensorProto.DataLocation` */
const externalLocation = 1;

/** A message as protobufjs encodes it: field names of the schema, values of any depth. */
export type ProtoObject = Readonly<Record<string, unknown>>;

/** The TensorProto of a constant; throws OnnxBuildError that opens with `what`. */
export function tensorProto(what: string, name: string, init: TensorInit): ProtoObject {
  const dtype = resolveElementType(what, init);
  const wanted = init.shape.reduce((product, size) => product * size, 1);
  if (init.data.length !== wanted) {
    const shape = `[${init.shape.join(", ")}]`;
    throw new OnnxBuildError(
      `${what}: shape ${shape} wants ${wanted} elements, the data has ${init.data.length}`,
    );
  }
  const head = { name, dims: init.shape, data_type: elementTypes[dtype].number };
  return isStrings(init.data)
    ? { ...head, string_data: init.data.map((text) => Buffer.from(text)) }
    : { ...head, raw_data: bytesOf(init.data) };
}

export function externalTensorProto(name: string, init: ExternalInit): ProtoObject {
  const { dtype, shape, location, offset = 0 } = init;
  const external_data = [
    { key: "location", value: location },
    { key: "offset", value: String(offset) },
  ];
  const data_type = elementTypes[dtype].number;
  return { name, dims: shape, data_type, data_location: externalLocation, external_data };
}

function resolveElementType(what: string, { data, dtype }: TensorInit): OnnxElementType {
  const natural = isStrings(data) ? "string" : elementTypeOfArray(data);
  if (natural === undefined) throw new OnnxBuildError(`${what}: no element type is kept in such an array`);
  const chosen = dtype ?? natural;
  if (elementTypes[chosen].arrayType !== elementTypes[natural].arrayType) {
    throw new OnnxBuildError(`${what}: the data is an array of ${natural}, which cannot hold ${chosen}`);
  }
  return chosen;
}

function isStrings(data: TensorInit["data"]): data is readonly string[] {
  return Array.isArray(data);
}

function bytesOf(data: ElementArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
