import { Code, ServeError } from "@paddlewheel/core";
import { PackedValues } from "../protobuf/packed-values.js";
import type { WireReader } from "../protobuf/wire-reader.js";
import type { MessageBudget } from "../wire-limits.js";
import type { GeneralTensor } from "./message.js";
import { int32Field, type NumberField, numberDataFields } from "./number-field.js";
import type { FoundData } from "./tensor-data.js";
import { tensorFromFields } from "./tensor-fields.js";

const dataFields = Object.values(numberDataFields);
const shapeField = { name: "shape", number: 11, values: int32Field };
const lodField = { name: "lod", number: 12, values: int32Field };

/** The packed fields, each at the index of its number. */
const packedFields: ({ name: string; values: NumberField } | undefined)[] = [];
for (const field of [...dataFields, shapeField, lodField]) packedFields[field.number] = field;

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
  readonly #packed: (PackedValues | undefined)[] = [];
  readonly #strings: string[] = [];
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
    else this.#readPacked(number);
  }

  get shape(): Int32Array {
    return this.#int32s(shapeField.number);
  }

  get lod(): Int32Array {
    return this.#int32s(lodField.number);
  }

  get found(): FoundData[] {
    const found: FoundData[] = [];
    for (const { name, number, values } of dataFields) {
      const packed = this.#packed[number];
      const decoded = packed && values.decode(packed);
      if (decoded?.length) found.push({ field: name, values: decoded });
    }
    if (this.#wrongString !== undefined) throw notUtf8(this.name, this.#wrongString);
    if (this.#strings.length > 0) found.push({ field: "data", values: this.#strings });
    if (this.#content?.length) found.push({ field: "tensor_content", values: this.#content });
    return found;
  }

  #readPacked(number: number): void {
    const field = packedFields[number];
    if (!field) {
      this.#reader.skip();
      return;
    }
    const packed = this.#packed[number] ?? new PackedValues();
    this.#packed[number] = packed;
    this.#reader.packed(field.name, field.values.wireType, packed);
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
    this.#budget.take("strings");
    const text = this.#reader.stringElement("data");
    if (text === undefined) this.#wrongString = this.#strings.length;
    else this.#strings.push(text);
  }

  #int32s(number: number): Int32Array {
    const packed = this.#packed[number];
    return packed ? int32Field.decode(packed) : noNumbers;
  }
}

const noNumbers = new Int32Array(0);

function notUtf8(name: string, index: number): ServeError {
  return new ServeError(
    Code.malformedRequest,
    `tensor "${name}": data[${index}] is not UTF-8 text; raw bytes go as elem_type 7 (uint8) into tensor_content`,
  );
}
