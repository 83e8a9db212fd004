import type { Writer } from "protobufjs";
import type { PackedValues } from "../protobuf/packed-values.js";
import type { WireReader } from "../protobuf/wire-reader.js";
import type { WireType } from "../protobuf/wire-type.js";

/** A 64-bit integer is a bigint, a value of an enum its name, or its number when it has none. */
export type ScalarValue = number | bigint | boolean | string | Uint8Array;

/** How a value is written in the text forms of protobuf. */
export type Literal = "integer" | "float" | "bool" | "enum" | "string" | "bytes";

/** A type of the .proto language whose values are no messages: how they lie in bytes, in JSON and in a program. */
export interface ScalarType<T extends ScalarValue = ScalarValue> {
  readonly kind: "scalar";
  /** `int32`; of an enum its full name. */
  readonly name: string;
  readonly literal: Literal;
  readonly wireType: WireType;
  /** The value of a field that was not sent and declares no default. */
  readonly zero: T;
  /** The array class whose memory is the wire's own bytes. */
  readonly arrayType?: typeof Float32Array | typeof Float64Array;
  /** Undefined for a number that a closed enum has no name for: protobuf takes such a value for not sent. */
  read(reader: WireReader, field: string): T | undefined;
  /** All values of a repeated field; absent for types that are never packed. */
  unpack?(packed: PackedValues): T[];
  /** What a value given by a program must be, when it is not. */
  whyNot(value: unknown): string | undefined;
  isSame(a: T, b: T): boolean;
  write(writer: Writer, value: T): void;
  /** @throws ServeError malformedRequest that opens with the path. */
  parseJson(value: unknown, path: string, index?: number): T;
  formatJson(value: T): string;
}
