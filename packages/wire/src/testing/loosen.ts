import protobuf from "protobufjs";

/** Which fields of a message are messages, and which are lists of numbers (with the wire type of one number). */
interface MessageShape {
  readonly messages: Readonly<Record<number, MessageShape>>;
  readonly lists: Readonly<Record<number, number>>;
}

const tensorShape: MessageShape = {
  messages: {},
  lists: { 1: 0, 2: 5, 3: 0, 4: 1, 5: 0, 6: 0, 7: 5, 8: 1, 11: 0, 12: 0 },
};
export const requestShape: MessageShape = { messages: { 1: tensorShape }, lists: {} };
export const responseShape: MessageShape = {
  messages: { 1: { messages: { 1: tensorShape }, lists: {} } },
  lists: { 2: 0 },
};

/** Gives a whole number from 0 to `below` - 1. */
export type Choose = (below: number) => number;

interface Field {
  readonly number: number;
  readonly wireType: number;
  /** Without tag and length. */
  readonly value: Uint8Array;
}

/**
 * The same message as any other writer might send it: fields in another order, lists of numbers in pieces or value by
 * value, unknown fields in between.
 */
export function loosen(bytes: Uint8Array, shape: MessageShape, choose: Choose): Uint8Array {
  const queues = new Map<number, Uint8Array[]>([[1000, unknownFields]]);
  for (const field of splitFields(bytes)) {
    const queue = queues.get(field.number) ?? [];
    queues.set(field.number, [...queue, ...loosenField(field, shape, choose)]);
  }
  return Buffer.concat(interleave([...queues.values()], choose));
}

const unknownFields: Uint8Array[] = [
  writeField(1000, 0, Uint8Array.of(0x80, 0x01)),
  writeField(1000, 1, new Uint8Array(8)),
  writeField(1000, 2, Uint8Array.of(1, 2, 3)),
  writeField(1000, 5, new Uint8Array(4)),
];

function loosenField(field: Field, shape: MessageShape, choose: Choose): Uint8Array[] {
  const { number, wireType, value } = field;
  const inner = shape.messages[number];
  if (inner) return [writeField(number, wireType, loosen(value, inner, choose))];
  const listType = shape.lists[number];
  if (listType === undefined) return [writeField(number, wireType, value)];
  const pieces: Uint8Array[] = [];
  const values = splitValues(value, listType);
  while (values.length > 0) {
    const piece = values.splice(0, choose(4));
    const [only] = piece;
    const isUnpacked = piece.length === 1 && choose(2) === 0;
    pieces.push(
      only && isUnpacked ? writeField(number, listType, only) : writeField(number, 2, Buffer.concat(piece)),
    );
  }
  return pieces;
}

/** Keeps the order within each queue. */
function interleave(queues: readonly Uint8Array[][], choose: Choose): Uint8Array[] {
  const rest = queues.map((queue) => [...queue]);
  const merged: Uint8Array[] = [];
  while (rest.some((queue) => queue.length > 0)) {
    const next = rest[choose(rest.length)]?.shift();
    if (next) merged.push(next);
  }
  return merged;
}

function splitFields(bytes: Uint8Array): Field[] {
  const reader = protobuf.Reader.create(bytes);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const start = reader.pos;
    const wireType = tag & 7;
    if (wireType !== 2) reader.skipType(wireType);
    const value = wireType === 2 ? reader.bytes() : bytes.subarray(start, reader.pos);
    fields.push({ number: tag >>> 3, wireType, value });
  }
  return fields;
}

function splitValues(list: Uint8Array, wireType: number): Uint8Array[] {
  const reader = protobuf.Reader.create(list);
  const values: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    reader.skipType(wireType);
    values.push(list.subarray(start, reader.pos));
  }
  return values;
}

function writeField(number: number, wireType: number, value: Uint8Array): Uint8Array {
  const writer = protobuf.Writer.create().uint32(number * 8 + wireType);
  return wireType === 2 ? writer.bytes(value).finish() : Buffer.concat([writer.finish(), value]);
}
