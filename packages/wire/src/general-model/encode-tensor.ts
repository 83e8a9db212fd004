import { type DType, elemTypeOf, type TensorData } from "@paddlewheel/core";
import {
  bytesPart,
  int32Part,
  integersPart,
  nothing,
  type Part,
  stringPart,
  stringsPart,
} from "../protobuf/part.js";
import { dataFieldOf, numberDataFields } from "./data-field.js";
import type { GeneralTensor } from "./message.js";
import type { NumberField, NumberValues } from "./number-field.js";

/**
 * The fields of a message Tensor in the order of their numbers. The tensor has passed `checkTensor`.
 * Compat: the levels of lod lie end to end, as Paddle Serving writes them. Only levels of a tensor without rows, all
 * zeros, cannot be told apart.
 */
export function tensorParts({ dtype, data, shape, lod, name, aliasName }: GeneralTensor): Part[] {
  return [
    listPart(dtype, data),
    int32Part(10, elemTypeOf(dtype)),
    integersPart(11, shape),
    integersPart(12, lod?.flat() ?? []),
    stringPart(13, name),
    stringPart(14, aliasName),
    contentPart(dtype, data),
  ];
}

/** The elements of types that have a list of their own. */
function listPart(dtype: DType, data: TensorData): Part {
  const field = dataFieldOf[dtype];
  if (!ArrayBuffer.isView(data)) return stringsPart(9, data);
  if (field === "tensor_content" || field === "data") return nothing;
  const { number, values } = numberDataFields[field];
  return numbersPart(number, values, data);
}

/** A packed list; nothing when it is empty. */
export function numbersPart(number: number, field: NumberField, values: NumberValues): Part {
  return bytesPart(number, field.size(values), (writer) => field.write(writer, values));
}

/** The elements of the other types, as they lie in memory. */
function contentPart(dtype: DType, data: TensorData): Part {
  if (dataFieldOf[dtype] !== "tensor_content" || !ArrayBuffer.isView(data)) return nothing;
  return bytesPart(15, data.byteLength, (writer) => writer.raw(data));
}
