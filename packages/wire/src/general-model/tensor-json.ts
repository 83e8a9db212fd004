import { type DType, elemTypeOf, type TensorData } from "@paddlewheel/core/message";
import { encodeBase64 } from "#base64";
import {
  integerMember,
  type JsonMember,
  listMember,
  objectText,
  stringMember,
  stringsMember,
} from "../json/format-json.js";
import {
  type JsonObject,
  readBase64,
  readInt32,
  readList,
  readObject,
  readString,
  readStrings,
} from "../json/json-value.js";
import { type MessageBudget, MessagePart } from "../wire-limits.js";
import { dataFieldOf, type NumberFieldName } from "./data-field.js";
import type { GeneralTensor } from "./message.js";
import { int32Json, type NumberJson, numberJsonOf } from "./number-json.js";
import type { FoundData } from "./tensor-data.js";
import { tensorFromFields } from "./tensor-fields.js";

const numberFields = Object.entries(numberJsonOf) as [NumberFieldName, NumberJson][];

/** Reads the list of tensors at `path`. */
export function readTensors(value: unknown, path: string, budget: MessageBudget): GeneralTensor[] {
  const list = readList(value, path);
  budget.take(MessagePart.tensors, list.length);
  return list.map((element, i) => readTensor(readObject(element, `${path}[${i}]`), `${path}[${i}]`, budget));
}

function readTensor(json: JsonObject, path: string, budget: MessageBudget): GeneralTensor {
  return tensorFromFields({
    name: readString(json.name, `${path}.name`),
    aliasName: readString(json.alias_name, `${path}.alias_name`),
    elemType: readInt32(json.elem_type, `${path}.elem_type`),
    shape: int32Json.parse(readList(json.shape, `${path}.shape`), `${path}.shape`),
    lod: int32Json.parse(readList(json.lod, `${path}.lod`), `${path}.lod`),
    found: readFound(json, path, budget),
  });
}

function readFound(json: JsonObject, path: string, budget: MessageBudget): FoundData[] {
  const found: FoundData[] = [];
  for (const [name, numbers] of numberFields) {
    const list = readList(json[name], `${path}.${name}`);
    if (list.length > 0) found.push({ field: name, values: numbers.parse(list, `${path}.${name}`) });
  }
  const strings = readStrings(json.data, `${path}.data`);
  budget.take(MessagePart.strings, strings.length);
  if (strings.length > 0) found.push({ field: "data", values: strings });
  const content = readBase64(json.tensor_content, `${path}.tensor_content`);
  if (content.length > 0) found.push({ field: "tensor_content", values: content });
  return found;
}

/** The tensor as JSON. It has passed `checkTensor`. */
export function tensorJson({ dtype, data, shape, lod, name, aliasName }: GeneralTensor): string {
  return objectText([
    listJson(dtype, data),
    integerMember("elem_type", elemTypeOf(dtype)),
    listMember("shape", shape.map(String)),
    listMember("lod", (lod?.flat() ?? []).map(String)),
    stringMember("name", name),
    stringMember("alias_name", aliasName),
    contentJson(dtype, data),
  ]);
}

function listJson(dtype: DType, data: TensorData): JsonMember {
  const field = dataFieldOf[dtype];
  if (!ArrayBuffer.isView(data)) return stringsMember("data", data);
  if (field === "tensor_content" || field === "data" || data.length === 0) return undefined;
  return `"${field}":${numberJsonOf[field].format(data)}`;
}

function contentJson(dtype: DType, data: TensorData): JsonMember {
  if (dataFieldOf[dtype] !== "tensor_content" || !ArrayBuffer.isView(data)) return undefined;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return stringMember("tensor_content", encodeBase64(bytes));
}
