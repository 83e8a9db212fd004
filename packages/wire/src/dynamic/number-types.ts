import type { Writer } from "protobufjs";
import {
  boolOf,
  doubleOf,
  floatOf,
  type IntegerRange,
  int32Range,
  int64Of,
  integerOf,
  uint32Range,
  uint64Of,
} from "../json/json-value.js";
import { decodeBools, decodeInt32s, decodeInt64s, viewAs } from "../protobuf/packed-decode.js";
import type { PackedValues } from "../protobuf/packed-values.js";
import type { WireReader } from "../protobuf/wire-reader.js";
import { WireType } from "../protobuf/wire-type.js";
import type { ScalarType } from "./scalar-type.js";

/** How one of the integer types lies on the wire. */
interface Integer<Wire, T> {
  readonly name: string;
  /** The value of a varint or of a word of fixed size, given as a signed number of that size. */
  fromWire(wire: Wire): T;
  write(writer: Writer, value: T): void;
}

const varint32s: readonly Integer<number, number>[] = [
  { name: "int32", fromWire: (wire) => wire, write: (writer, value) => writer.int32(value) },
  { name: "uint32", fromWire: (wire) => wire >>> 0, write: (writer, value) => writer.uint32(value) },
  {
    name: "sint32",
    fromWire: (wire) => (wire >>> 1) ^ -(wire & 1),
    write: (writer, value) => writer.sint32(value),
  },
];

const fixed32s: readonly Integer<number, number>[] = [
  { name: "fixed32", fromWire: (wire) => wire >>> 0, write: (writer, value) => writer.fixed32(value) },
  { name: "sfixed32", fromWire: (wire) => wire, write: (writer, value) => writer.sfixed32(value) },
];

const varint64s: readonly Integer<bigint, bigint>[] = [
  { name: "int64", fromWire: (wire) => wire, write: (writer, value) => writer.int64(bitsOf(value)) },
  { name: "uint64", fromWire: unsigned, write: (writer, value) => writer.uint64(bitsOf(value)) },
  {
    name: "sint64",
    fromWire: (wire) => (unsigned(wire) >> 1n) ^ -(wire & 1n),
    write: (writer, value) => writer.sint64(bitsOf(value)),
  },
];

const fixed64s: readonly Integer<bigint, bigint>[] = [
  { name: "fixed64", fromWire: unsigned, write: (writer, value) => writer.fixed64(bitsOf(value)) },
  { name: "sfixed64", fromWire: (wire) => wire, write: (writer, value) => writer.sfixed64(bitsOf(value)) },
];

const float: ScalarType<number> = {
  ...floating("float", WireType.fixed32),
  arrayType: Float32Array,
  read: (reader, field) => viewOf(reader.fixed(field, WireType.fixed32)).getFloat32(0, true),
  unpack: (packed) => listOf(viewAs(Float32Array, packed.bytes()), same),
  whyNot(value) {
    if (typeof value !== "number") return "must be a number";
    return Number.isFinite(value) === Number.isFinite(Math.fround(value)) ? undefined : "must fit a float32";
  },
  write: (writer, value) => writer.float(value),
  parseJson: (value, path, index) => Math.fround(floatOf(value, path, index)),
  formatJson: (value) => floatingJson(Math.fround(value)),
};

const double: ScalarType<number> = {
  ...floating("double", WireType.fixed64),
  arrayType: Float64Array,
  read: (reader, field) => viewOf(reader.fixed(field, WireType.fixed64)).getFloat64(0, true),
  unpack: (packed) => listOf(viewAs(Float64Array, packed.bytes()), same),
  whyNot: (value) => (typeof value === "number" ? undefined : "must be a number"),
  write: (writer, value) => writer.double(value),
  parseJson: doubleOf,
  formatJson: floatingJson,
};

const bool: ScalarType<boolean> = {
  kind: "scalar",
  name: "bool",
  literal: "bool",
  wireType: WireType.varint,
  zero: false,
  read: (reader, field) => reader.bool(field),
  unpack: (packed) => listOf(decodeBools(packed.bytes(), packed.varintCount), (value) => value !== 0),
  whyNot: (value) => (typeof value === "boolean" ? undefined : "must be true or false"),
  isSame: Object.is,
  write: (writer, value) => writer.bool(value),
  parseJson: boolOf,
  formatJson: String,
};

/** Every number type of the .proto language, and bool. */
export const numberTypes: readonly ScalarType[] = [
  ...varint32s.map((integer) =>
    wholeNumber(integer, {
      wireType: WireType.varint,
      read: (reader, field) => reader.int32(field),
      unpack: (packed) => decodeInt32s(packed.bytes(), packed.varintCount),
    }),
  ),
  ...fixed32s.map((integer) =>
    wholeNumber(integer, {
      wireType: WireType.fixed32,
      read: (reader, field) => viewOf(reader.fixed(field, WireType.fixed32)).getInt32(0, true),
      unpack: (packed) => viewAs(Int32Array, packed.bytes()),
    }),
  ),
  ...varint64s.map((integer) =>
    longInteger(integer, {
      wireType: WireType.varint,
      read: (reader, field) => BigInt.asIntN(64, reader.uint64(field)),
      unpack: (packed) => decodeInt64s(packed.bytes(), packed.varintCount),
    }),
  ),
  ...fixed64s.map((integer) =>
    longInteger(integer, {
      wireType: WireType.fixed64,
      read: (reader, field) => viewOf(reader.fixed(field, WireType.fixed64)).getBigInt64(0, true),
      unpack: (packed) => viewAs(BigInt64Array, packed.bytes()),
    }),
  ),
  float,
  double,
  bool,
];

interface WireForm<Wire> {
  readonly wireType: WireType;
  read(reader: WireReader, field: string): Wire;
  unpack(packed: PackedValues): ArrayLike<Wire>;
}

function wholeNumber(integer: Integer<number, number>, wire: WireForm<number>): ScalarType<number> {
  const { name, fromWire } = integer;
  const isUnsigned = /^u|^fixed/.test(name);
  const range: IntegerRange = { ...(isUnsigned ? uint32Range : int32Range), name };
  return {
    kind: "scalar",
    name,
    literal: "integer",
    wireType: wire.wireType,
    zero: 0,
    read: (reader, field) => fromWire(wire.read(reader, field)),
    unpack: (packed) => listOf(wire.unpack(packed), fromWire),
    whyNot(value) {
      const isOne = Number.isInteger(value) && Number(value) >= range.min && Number(value) <= range.max;
      return isOne ? undefined : `must be a whole number from ${range.min} to ${range.max}`;
    },
    isSame: (a, b) => a === b,
    write: integer.write,
    parseJson: (value, path, index) => integerOf(value, range, path, index),
    formatJson: (value) => String(value),
  };
}

/** A program may give a number where it is exact. */
function longInteger(integer: Integer<bigint, bigint>, wire: WireForm<bigint>): ScalarType<bigint> {
  const { name, fromWire } = integer;
  const isUnsigned = /^u|^fixed/.test(name);
  const wrap = isUnsigned ? BigInt.asUintN : BigInt.asIntN;
  return {
    kind: "scalar",
    name,
    literal: "integer",
    wireType: wire.wireType,
    zero: 0n,
    read: (reader, field) => fromWire(wire.read(reader, field)),
    unpack: (packed) => listOf(wire.unpack(packed), fromWire),
    whyNot(value) {
      const given = Number.isSafeInteger(value) ? BigInt(value as number) : value;
      return typeof given === "bigint" && wrap(64, given) === given
        ? undefined
        : `must be a bigint of ${name}`;
    },
    isSame: (a, b) => BigInt(a) === BigInt(b),
    write: (writer, value) => integer.write(writer, BigInt(value)),
    parseJson: isUnsigned ? uint64Of : int64Of,
    formatJson: (value) => String(value),
  };
}

function floating(
  name: string,
  wireType: WireType,
): Pick<ScalarType<number>, "kind" | "name" | "literal" | "wireType" | "zero" | "isSame"> {
  // -0 is no zero to protobuf: its bits are not.
  return { kind: "scalar", name, literal: "float", wireType, zero: 0, isSame: Object.is };
}

/** JSON has no NaN and no infinity, so these become strings. */
function floatingJson(value: number): string {
  return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
}

function listOf<Wire, T>(values: ArrayLike<Wire>, fromWire: (wire: Wire) => T): T[] {
  // Of its full length at once: a third of the time of a list that grows.
  const list = new Array<T>(values.length);
  for (let i = 0; i < list.length; i++) list[i] = fromWire(values[i] as Wire);
  return list;
}

function same(value: number): number {
  return value;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function unsigned(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

/** The form protobufjs's writer takes all 64 bits in. */
function bitsOf(value: bigint): { low: number; high: number; unsigned: boolean } {
  return {
    low: Number(BigInt.asIntN(32, value)),
    high: Number(BigInt.asIntN(32, value >> 32n)),
    unsigned: false,
  };
}
