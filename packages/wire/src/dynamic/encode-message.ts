import { Writer } from "protobufjs";
import { WireType } from "../protobuf/wire-type.js";
import { fieldValue, isSent, type MessageField, type MessageType, parseMapKey } from "./message-type.js";
import type { ScalarType, ScalarValue } from "./scalar-type.js";

/** The bytes of a message that `checkMessage` found right, its fields in the order of their numbers. */
export function encodeMessage(type: MessageType, message: object): Uint8Array {
  const writer = Writer.create();
  writeFields(writer, type, message);
  return writer.finish();
}

function writeFields(writer: Writer, type: MessageType, message: object): void {
  for (const field of type.fields) {
    const value = fieldValue(message, field.name);
    if (!isSent(field, value)) continue;
    if (field.shape === "map") writeMap(writer, field, value as object);
    else if (field.shape === "single") writeValue(writer, field, value);
    else if (field.isPacked && field.type.kind === "scalar") {
      writePacked(writer, field, value as ArrayLike<ScalarValue>);
    } else for (const element of value as Iterable<unknown>) writeValue(writer, field, element);
  }
}

function writeValue(
  writer: Writer,
  { number, type }: Pick<MessageField, "number" | "type">,
  value: unknown,
): void {
  if (type.kind === "scalar") {
    type.write(writeTag(writer, number, type.wireType), value as ScalarValue);
    return;
  }
  writeTag(writer, number, WireType.bytes).fork();
  writeFields(writer, type, value as object);
  writer.ldelim();
}

function writePacked(writer: Writer, field: MessageField, values: ArrayLike<ScalarValue>): void {
  const { arrayType, write } = field.type as ScalarType;
  writeTag(writer, field.number, WireType.bytes);
  if (arrayType && values instanceof arrayType) {
    // The byte order of every machine Node runs on is that of the wire.
    writer.bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return;
  }
  writer.fork();
  for (let i = 0; i < values.length; i++) write(writer, values[i] as ScalarValue);
  writer.ldelim();
}

function writeMap(writer: Writer, { number, keyType, type }: MessageField, map: object): void {
  for (const [text, value] of Object.entries(map)) {
    const key = keyType && parseMapKey(keyType, text);
    writeTag(writer, number, WireType.bytes).fork();
    if (keyType && key !== undefined) writeValue(writer, { number: 1, type: keyType }, key);
    writeValue(writer, { number: 2, type }, value);
    writer.ldelim();
  }
}

function writeTag(writer: Writer, number: number, wireType: WireType): Writer {
  return writer.uint32(((number << 3) | wireType) >>> 0);
}
