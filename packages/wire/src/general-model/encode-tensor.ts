import { type DType, elemTypeOf, type TensorData } from "@paddlewheel/core";
import type { WireWriter } from "../protobuf/wire-writer.js";
import { dataFieldOf, type NumberValues } from "./data-field.js";
import type { GeneralTensor } from "./message.js";
import { type NumberField, numberDataFields } from "./number-field.js";

/** Bytes for the fields of a tensor beside its elements, so that most find room at once. */
const otherFieldBytes = 128;

/** About how many bytes tensors take; too few where varints are longer than what they stand for. */
export function tensorBytesHint(tensors: readonly GeneralTensor[]): number {
  let size = otherFieldBytes;
  for (const { data } of tensors) {
    size += otherFieldBytes + (ArrayBuffer.isView(data) ? data.byteLength : 0);
  }
  return size;
}

/**
 * The fields of a message Tensor, the last first. The tensor has passed `checkTensor`.
 * Compat: the levels of lod lie end to end, as Paddle Serving writes them. Only levels of a tensor without rows, all
 * zeros, cannot be told apart.
 */
export function writeTensor(
  writer: WireWriter,
  { dtype, data, shape, lod, name, aliasName }: GeneralTensor,
): void {
  if (dataFieldOf[dtype] === "tensor_content" && ArrayBuffer.isView(data)) writer.bytes(15, data);
  writer.string(14, aliasName);
  writer.string(13, name);
  if (lod) writer.integers(12, lod.flat());
  writer.integers(11, shape);
  writer.int32(10, elemTypeOf(dtype));
  writeList(writer, dtype, data);
}

/** The elements of types that have a list of their own. */
function writeList(writer: WireWriter, dtype: DType, data: TensorData): void {
  const field = dataFieldOf[dtype];
  if (!ArrayBuffer.isView(data)) writeStrings(writer, 9, data);
  else if (field !== "tensor_content" && field !== "data") {
    const { number, values } = numberDataFields[field];
    writeNumbers(writer, number, { field: values, values: data });
  }
}

/** One field for each string, the empty ones too. */
export function writeStrings(writer: WireWriter, field: number, values: readonly string[]): void {
  for (let i = values.length - 1; i >= 0; i--) writer.explicitString(field, values[i] ?? "");
}

/** A packed list; nothing when it is empty. */
function writeNumbers(
  writer: WireWriter,
  number: number,
  { field, values }: { readonly field: NumberField; readonly values: NumberValues },
): void {
  const before = writer.size;
  field.write(writer, values);
  writer.closeFilled(number, before);
}
