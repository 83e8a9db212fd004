import { Enum, type Field, types } from "protobufjs";
import { messageType } from "../schema.js";
import { type FieldHandler, type MessageFields, WireType } from "./wire-reader.js";

/**
 * The fields of one message that are read, by their names in the schema; all others are skipped.
 * @throws Error when the schema has no such message or field.
 */
export function messageFields<Target>(
  message: string,
  handlers: Readonly<Record<string, FieldHandler<Target>>>,
): MessageFields<Target> {
  const type = messageType(message);
  const byTag: (FieldHandler<Target> | undefined)[] = [];
  for (const [name, handler] of Object.entries(handlers)) {
    const field = type.fields[name];
    if (!field) throw new Error(`schema: ${message} has no field "${name}"`);
    const wireType = wireTypeOf(field);
    byTag[tag(field, wireType)] = handler;
    // A list of numbers may be packed or not, whatever the schema says: parsers take both.
    if (field.repeated && wireType !== WireType.bytes) {
      byTag[tag(field, WireType.bytes)] = (reader, target) => reader.packed(() => handler(reader, target));
    }
  }
  return byTag;
}

function tag(field: Field, wireType: number): number {
  return field.id * 8 + wireType;
}

const basicWireTypes: Readonly<Record<string, number>> = types.basic;

/** Messages and enums are not among the basic types. */
function wireTypeOf(field: Field): number {
  const isEnum = field.resolvedType instanceof Enum;
  return basicWireTypes[field.type] ?? (isEnum ? WireType.varint : WireType.bytes);
}
