import { elementTypeOfNumber } from "../element-type.js";
import { messageFields } from "./message-fields.js";
import type { ValueSummary } from "./model-summary.js";
import type { FieldHandler, MessageFields, WireReader } from "./wire-reader.js";

/** undefined is a free size without a name */
type Dim = number | string | undefined;

interface ValueScope {
  name: string;
  dtype: string;
  dims: Dim[] | undefined;
}

const dimFields: MessageFields<{ size: Dim }> = messageFields("TensorShapeProto.Dimension", {
  dim_value: (reader, dim) => {
    const size = reader.int64();
    // Some exporters write -1 for a free size; ONNX Runtime takes every negative one so.
    dim.size = size < 0 ? undefined : size;
  },
  dim_param: (reader, dim) => {
    dim.size = reader.string() || undefined;
  },
});

const shapeFields: MessageFields<Dim[]> = messageFields("TensorShapeProto", {
  dim: (reader, dims) => {
    if (dims.length === reader.limits.maxRank) {
      reader.fail(`a shape of more than ${reader.limits.maxRank} axes`);
    }
    const dim: { size: Dim } = { size: undefined };
    reader.message(dimFields, dim);
    dims.push(dim.size);
  },
});

const tensorTypeFields: MessageFields<ValueScope> = messageFields("TypeProto.Tensor", {
  elem_type: (reader, value) => {
    const number = reader.int32();
    value.dtype = elementTypeOfNumber(number) ?? `unknown(${number})`;
  },
  shape: (reader, value) => {
    value.dims ??= [];
    reader.message(shapeFields, value.dims);
  },
});

function otherKind(dtype: string): FieldHandler<ValueScope> {
  return (reader, value) => {
    value.dtype = dtype;
    reader.message([], value);
  };
}

const typeFields: MessageFields<ValueScope> = messageFields("TypeProto", {
  tensor_type: (reader, value) => reader.message(tensorTypeFields, value),
  sequence_type: otherKind("sequence"),
  map_type: otherKind("map"),
  opaque_type: otherKind("opaque"),
  sparse_tensor_type: otherKind("sparse_tensor"),
  optional_type: otherKind("optional"),
});

const valueFields: MessageFields<ValueScope> = messageFields("ValueInfoProto", {
  name: (reader, value) => {
    value.name = reader.string();
  },
  type: (reader, value) => reader.message(typeFields, value),
});

/** Reads a ValueInfoProto: an input or output of a graph. */
export function readValue(reader: WireReader): ValueSummary {
  const value: ValueScope = { name: "", dtype: "unknown(0)", dims: undefined };
  reader.message(valueFields, value);
  const shape = value.dims?.map((size, axis) => size ?? `${value.name}_dim_${axis}`);
  return { name: value.name, dtype: value.dtype, shape };
}
