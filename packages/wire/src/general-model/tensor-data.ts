import {
  Code,
  type DType,
  dtypeTable,
  elemTypeOf,
  ServeError,
  type TensorData,
} from "@paddlewheel/core/message";
import { viewAs } from "../protobuf/packed-decode.js";
import { type DataFieldName, dataFieldOf, type NumberValues } from "./data-field.js";

/** A field of message Tensor that holds elements; of `tensor_content` the values are its bytes. */
export interface FoundData {
  readonly field: DataFieldName;
  readonly values: NumberValues | readonly string[];
}

/** Whose elements are looked for. */
interface Subject {
  /** Of the tensor. */
  readonly name: string;
  readonly dtype: DType;
}

interface NarrowType {
  readonly min: number;
  readonly max: number;
  readonly arrayType: new (values: ArrayLike<number>) => Int16Array | Uint16Array | Uint8Array | Int8Array;
}

/**
 * The types that may also come as a list of whole numbers; a 16-bit float comes as its bits. They belong in
 * tensor_content, but Paddle Serving's pipeline service sends them in int_data and uint32_data.
 */
const narrowTypes: Partial<Record<DType, NarrowType>> = {
  int16: { min: -32768, max: 32767, arrayType: Int16Array },
  float16: { min: 0, max: 65535, arrayType: Uint16Array },
  bfloat16: { min: 0, max: 65535, arrayType: Uint16Array },
  uint8: { min: 0, max: 255, arrayType: Uint8Array },
  int8: { min: -128, max: 127, arrayType: Int8Array },
};

/**
 * The elements of a tensor of type `dtype`, from whichever fields hold something; none when no field does. Every type
 * but string may also come raw in `tensor_content`. Messages name the tensor.
 * @throws ServeError invalidArgument when the field is not one for this type, or its values are not.
 */
export function tensorData(name: string, dtype: DType, found: readonly FoundData[]): TensorData {
  const subject: Subject = { name, dtype };
  const { arrayType } = dtypeTable[dtype];
  const [only, second] = found;
  if (!only) return arrayType ? new arrayType(0) : [];
  if (second) throw invalid(subject, `${holds(only)} and ${holds(second)}; send only one of them`);

  const { field, values } = only;
  if (values instanceof Uint8Array && field === "tensor_content") return contentData(subject, only, values);
  if (values instanceof Int32Array || values instanceof Uint32Array) {
    const narrow = narrowTypes[dtype];
    if (narrow) return narrowData(subject, field, values, narrow);
  }
  if (field !== dataFieldOf[dtype] || values instanceof Uint32Array) throw wrongField(subject, only);
  if (values.length % dtypeTable[dtype].arrayStride !== 0) {
    throw invalid(subject, `${holds(only)}, must be an even number: real and imaginary part in turn`);
  }
  return values;
}

function contentData(subject: Subject, found: FoundData, bytes: Uint8Array): TensorData {
  const { dtype } = subject;
  const { arrayType, arrayStride } = dtypeTable[dtype];
  if (!arrayType) throw wrongField(subject, found);
  const elementSize = arrayType.BYTES_PER_ELEMENT * arrayStride;
  if (bytes.length % elementSize !== 0) {
    throw invalid(subject, `${holds(found)}, not a multiple of the ${elementSize} of ${dtype}`);
  }
  if (dtype === "bool") checkBools(subject, bytes);
  return viewAs(arrayType, bytes);
}

function checkBools(subject: Subject, bytes: Uint8Array): void {
  const index = bytes.findIndex((byte) => byte > 1);
  if (index >= 0) throw invalid(subject, `tensor_content[${index}] is ${bytes[index]}, a bool is 0 or 1`);
}

function narrowData(
  subject: Subject,
  field: DataFieldName,
  values: Int32Array | Uint32Array,
  { min, max, arrayType }: NarrowType,
): TensorData {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (value < min || value > max) {
      throw invalid(subject, `${field}[${i}] is ${value}, outside ${subject.dtype} (${min} to ${max})`);
    }
  }
  return new arrayType(values);
}

function wrongField(subject: Subject, found: FoundData): ServeError {
  const { dtype } = subject;
  const wanted = `elem_type ${elemTypeOf(dtype)} (${dtype}) wants ${dataFieldOf[dtype]}`;
  return invalid(subject, `${wanted}, but ${holds(found)}${hint(found.field)}`);
}

/** The elem_type under which a field would have been right. */
function hint(field: DataFieldName): string {
  const owners = Object.values(dtypeTable).filter(({ dtype }) => dataFieldOf[dtype] === field);
  const [owner] = owners;
  return owner && owners.length === 1 ? `; set elem_type to ${owner.elemType} for ${owner.dtype}` : "";
}

function holds({ field, values }: FoundData): string {
  const unit = field === "tensor_content" ? "byte" : "value";
  return `${field} holds ${values.length} ${unit}${values.length === 1 ? "" : "s"}`;
}

function invalid({ name }: Subject, message: string): ServeError {
  return new ServeError(Code.invalidArgument, `tensor "${name}": ${message}`);
}
