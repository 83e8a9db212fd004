import { Code, ServeError } from "@paddlewheel/core";
import { PackedValues } from "../protobuf/packed-values.js";
import type { WireReader } from "../protobuf/wire-reader.js";
import { type MessageBudget, MessagePart } from "../wire-limits.js";
import type { GeneralTensor } from "./message.js";
import { int32Field, type NumberDataField, numberDataFields } from "./number-field.js";
import type { FoundData } from "./tensor-data.js";
import { tensorFromFields } from "./tensor-fields.js";

/** The fields that hold elements as numbers, each at the index of its number. */
const dataFields: (NumberDataField | undefined)[] = [];
for (const field of Object.values(numberDataFields)) dataFields[field.number] = field;

/**
 * Reads one message Tensor. Lists of floats and tensor_content become views of the bytes where they are aligned, or can be
 * moved so that they are.
 */
export function decodeTensor(reader: WireReader, budget: MessageBudget): GeneralTensor {
  const tensor = new TensorParts(reader, budget);
  while (reader.nextField()) tensor.readField();
  return tensorFromFields(tensor);
}

/** What has been read of a Tensor so far. The fields may come in any order, and the lists in pieces. */
class TensorParts {
  name = "";
  aliasName = "";
  elemType = 0;

  readonly #reader: WireReader;
  readonly #budget: MessageBudget;
  #shape: PackedValues | undefined;
  #lod: PackedValues | undefined;
  #lists: readonly NumberList[] = noLists;
  #strings: string[] | undefined;
  #wrongString: number | undefined;
  #content: Uint8Array | undefined;

  constructor(reader: WireReader, budget: MessageBudget) {
    this.#reader = reader;
    this.#budget = budget;
  }

  readField(): void {
    const reader = this.#reader;
    const number = reader.fieldNumber;
    if (number === 9) this.#readString();
    else if (number === 10) this.elemType = reader.int32("elem_type");
    else if (number === 13) this.name = reader.string("name");
    else if (number === 14) this.aliasName = reader.string("alias_name");
    else if (number === 15) this.#content = reader.alignedBytes("tensor_content", 8);
    else if (number === 11) this.#shape = this.#readInt32s("shape", this.#shape);
    else if (number === 12) this.#lod = this.#readInt32s("lod", this.#lod);
    else this.#readNumbers(number);
  }

  get shape(): ArrayLike<number> {
    return int32sOf(this.#shape);
  }

  get lod(): ArrayLike<number> {
    return int32sOf(this.#lod);
  }

  get found(): readonly FoundData[] {
    const found: FoundData[] = [];
    for (const { field, packed } of this.#lists) {
      const values = field.values.decode(packed);
      if (values.length > 0) found.push({ field: field.name, values });
    }
    if (this.#wrongString !== undefined) throw notUtf8(this.name, this.#wrongString);
    if (this.#strings) found.push({ field: "data", values: this.#strings });
    if (this.#content?.length) found.push({ field: "tensor_content", values: this.#content });
    return found;
  }

  #readInt32s(name: string, before = new PackedValues()): PackedValues {
    this.#reader.packed(name, int32Field.wireType, before);
    return before;
  }

  #readNumbers(number: number): void {
    const field = dataFields[number];
    if (field) this.#reader.packed(field.name, field.values.wireType, this.#listOf(field));
    else this.#reader.skip();
  }

  /** Those there are stay in the order of their numbers. */
  #listOf(field: NumberDataField): PackedValues {
    for (const list of this.#lists) if (list.field === field) return list.packed;
    const list = { field, packed: new PackedValues() };
    this.#lists = this.#lists.length === 0 ? [list] : [...this.#lists, list].sort(byNumber);
    return list.packed;
  }

  /**
   * The first string that is no text is remembered: which tensor it belongs to is known only when the last field is
   * read. Those after it are stepped over, as each would cost an exception.
   */
  #readString(): void {
    if (this.#wrongString !== undefined) {
      this.#reader.skip("data");
      return;
    }
    this.#budget.take(MessagePart.strings);
    this.#strings ??= [];
    const text = this.#reader.stringElement("data");
    if (text === undefined) this.#wrongString = this.#strings.length;
    else this.#strings.push(text);
  }
}

/** A list of elements as it lies on the wire. */
interface NumberList {
  readonly field: NumberDataField;
  readonly packed: PackedValues;
}

const noLists: readonly NumberList[] = [];

function byNumber(a: NumberList, b: NumberList): number {
  return a.field.number - b.field.number;
}

const noNumbers: ArrayLike<number> = [];

/** Of varints of one byte each, as most sizes are, the bytes are the values. */
function int32sOf(packed: PackedValues | undefined): ArrayLike<number> {
  if (!packed) return noNumbers;
  const bytes = packed.bytes();
  return bytes.length === packed.varintCount ? bytes : int32Field.decode(packed);
}

function notUtf8(name: string, index: number): ServeError {
  return new ServeError(
    Code.malformedRequest,
    `tensor "${name}": data[${index}] is not UTF-8 text; raw bytes go as elem_type 7 (uint8) into tensor_content`,
  );
}
