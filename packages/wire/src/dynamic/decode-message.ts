import { Code, ServeError } from "@paddlewheel/core";
import { PackedValues } from "../protobuf/packed-values.js";
import { WireReader } from "../protobuf/wire-reader.js";
import { wireLimits } from "../wire-limits.js";
import { MessageMaker } from "./message-maker.js";
import { type MessageField, type MessageType, setEntry } from "./message-type.js";
import { requireFields } from "./require-fields.js";
import type { ScalarType } from "./scalar-type.js";

type MessageObject = Record<string, unknown>;

/** Lists of numbers while they are read: they may come in pieces. */
type PackedLists = Map<MessageField, PackedValues>;

const keyNumber = 1;
const valueNumber = 2;

/** Reads one message. @throws ServeError malformedRequest that names message and field. */
export function decodeMessage(type: MessageType, bytes: Uint8Array): MessageObject {
  const maker = new MessageMaker();
  const message = maker.createEmpty(type);
  readFields(new WireReader(bytes, type.name), type, { message, depth: 1, maker });
  requireFields(type, message);
  return message;
}

interface Target {
  /** What has been read so far; a message field that comes twice is merged. */
  readonly message: MessageObject;
  readonly depth: number;
  readonly maker: MessageMaker;
}

function readFields(reader: WireReader, type: MessageType, target: Target): void {
  if (target.depth > wireLimits.maxMessageDepth) throw tooDeep(type);
  const lists: PackedLists = new Map();
  while (reader.nextField()) {
    const field = type.fieldOfNumber(reader.fieldNumber);
    if (!field) reader.skip();
    else if (field.shape === "map") readEntry(reader, field, target);
    else if (field.type.kind === "message") readMessage(reader, field, target);
    else if (field.shape === "single") readScalar(reader, field, target);
    else if (field.type.unpack) readNumbers(reader, field, lists);
    else listOf(target.message, field).push(field.type.read(reader, field.protoName));
  }
  for (const [field, packed] of lists) addNumbers(target.message, field, packed);
}

function readScalar(reader: WireReader, field: MessageField, { message }: Target): void {
  const value = (field.type as ScalarType).read(reader, field.protoName);
  if (value !== undefined) setSingle(message, field, value);
}

function readMessage(reader: WireReader, field: MessageField, { message, depth, maker }: Target): void {
  const type = field.type as MessageType;
  const earlier = field.shape === "single" ? (message[field.name] as MessageObject | undefined) : undefined;
  const inner = earlier ?? maker.createEmpty(type);
  reader.message(field.protoName, type.name, () =>
    readFields(reader, type, { message: inner, depth: depth + 1, maker }),
  );
  if (field.shape === "list") listOf(message, field).push(inner);
  else setSingle(message, field, inner);
}

/** An entry of a map is a message of a key and a value. */
function readEntry(reader: WireReader, field: MessageField, { message, depth, maker }: Target): void {
  const { type, keyType, name, protoName } = field;
  let key = keyType?.zero;
  const entry: MessageObject = { [name]: type.kind === "message" ? maker.createEmpty(type) : type.zero };
  const value: MessageField = { ...field, shape: "single", protoName: "value" };
  reader.message(protoName, `${protoName} entry`, () => {
    while (reader.nextField()) {
      if (reader.fieldNumber === keyNumber) key = keyType?.read(reader, "key");
      else if (reader.fieldNumber !== valueNumber) reader.skip();
      else if (type.kind === "message") readMessage(reader, value, { message: entry, depth, maker });
      else entry[name] = type.read(reader, "value");
    }
  });
  // What a closed enum has no name for counts as not sent.
  if (entry[name] !== undefined) setEntry(message[name] as object, String(key), entry[name]);
}

function readNumbers(reader: WireReader, field: MessageField, lists: PackedLists): void {
  const packed = lists.get(field) ?? new PackedValues();
  lists.set(field, packed);
  reader.packed(field.protoName, field.type.kind === "scalar" ? field.type.wireType : 0, packed);
}

function addNumbers(message: MessageObject, field: MessageField, packed: PackedValues): void {
  const values = (field.type as ScalarType).unpack?.(packed) ?? [];
  const earlier = listOf(message, field);
  if (earlier.length === 0) message[field.name] = values;
  // Pushed one by one: a message sent in many parts would otherwise copy its lists as often.
  else for (const value of values) earlier.push(value);
}

/** Of the members of a oneof the last one sent is the one that counts. */
function setSingle(message: MessageObject, field: MessageField, value: unknown): void {
  for (const rival of field.rivals) if (Object.hasOwn(message, rival)) delete message[rival];
  message[field.name] = value;
}

function listOf(message: MessageObject, field: MessageField): unknown[] {
  return message[field.name] as unknown[];
}

function tooDeep(type: MessageType): ServeError {
  return new ServeError(
    Code.malformedRequest,
    `${type.name}: messages are nested deeper than ${wireLimits.maxMessageDepth} levels`,
  );
}
