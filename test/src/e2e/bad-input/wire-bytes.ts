/** Protobuf by hand, so that it can be wrong. */

/** Tag of a field: wire types are 0 varint, 1 fixed64, 2 bytes, 3 and 4 groups, 5 fixed32. */
export function tag(field: number, wireType: number): Buffer {
  return varint((BigInt(field) << 3n) | BigInt(wireType));
}

export function varint(value: bigint | number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

/** A field of bytes: a string, a message, or a packed list. */
export function bytesField(field: number, ...content: readonly (Buffer | string)[]): Buffer {
  const bytes = Buffer.concat(content.map((part) => Buffer.from(part)));
  return Buffer.concat([tag(field, 2), varint(bytes.length), bytes]);
}

export function varintField(field: number, value: bigint | number): Buffer {
  return Buffer.concat([tag(field, 0), varint(value)]);
}

export function bytes(...parts: readonly (Buffer | readonly number[])[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

export function repeated(count: number, part: Buffer): Buffer {
  return Buffer.alloc(count * part.length, part);
}

/** Bytes that all say that another follows. */
export function endlessVarint(length: number): Buffer {
  return Buffer.alloc(length, 0xff);
}

/** Field 1 of Request, a Tensor of the given fields. */
export function tensorField(...fields: readonly Buffer[]): Buffer {
  return bytesField(1, ...fields);
}
