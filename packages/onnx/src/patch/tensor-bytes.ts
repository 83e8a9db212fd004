import { elementTypeOfNumber, elementTypes } from "../element-type.js";
import { OnnxFormatError } from "../onnx-format-error.js";
import { messageType } from "../schema.js";

/** The lists in which protobuf may keep elements, as it decodes them. */
interface TypedTensor {
  readonly data_type?: number;
  readonly float_data: readonly number[];
  readonly double_data: readonly number[];
  readonly int32_data: readonly number[];
  readonly int64_data: readonly { toString(): string }[];
  readonly uint64_data: readonly { toString(): string }[];
  readonly string_data: readonly Uint8Array[];
}

/** Bytes of an element, or of two that share one. */
function elementWidth(dataType: number): number {
  const type = elementTypeOfNumber(dataType);
  return type === undefined ? 0 : Math.max(1, elementTypes[type].bits / 8);
}

/**
 * The elements of a TensorProto that keeps them as numbers, as `raw_data` would have them, little endian; texts each after
 * their length, 4 bytes. Source: onnx.proto, which type is kept in which list.
 */
export function tensorBytes(message: Uint8Array): Uint8Array {
  const tensor = messageType("TensorProto").decode(message) as unknown as TypedTensor;
  const width = elementWidth(tensor.data_type ?? 0);
  if (tensor.float_data.length > 0) return bytesOf(Float32Array.from(tensor.float_data));
  if (tensor.double_data.length > 0) return bytesOf(Float64Array.from(tensor.double_data));
  if (tensor.int32_data.length > 0) return lowBytes(tensor.int32_data.map(BigInt), width);
  if (tensor.int64_data.length > 0) return lowBytes(tensor.int64_data.map(toBigInt), width);
  if (tensor.uint64_data.length > 0) return lowBytes(tensor.uint64_data.map(toBigInt), width);
  return Buffer.concat(tensor.string_data.flatMap((text) => [lengthPrefix(text), text]));
}

function toBigInt(value: { toString(): string }): bigint {
  return BigInt(value.toString());
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function lowBytes(values: readonly bigint[], width: number): Uint8Array {
  if (width !== 1 && width !== 2 && width !== 4 && width !== 8) {
    throw new OnnxFormatError(`a tensor keeps elements of ${width} bytes as whole numbers`);
  }
  const bytes = Buffer.alloc(values.length * width);
  for (const [index, value] of values.entries()) {
    const low = BigInt.asUintN(8 * width, value);
    if (width === 8) bytes.writeBigUInt64LE(low, index * 8);
    else bytes.writeUIntLE(Number(low), index * width, width);
  }
  return bytes;
}

function lengthPrefix(text: Uint8Array): Uint8Array {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32LE(text.length);
  return prefix;
}
