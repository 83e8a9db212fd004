import { Code, nearestNameHint, quoteNames, quoteValue, ServeError } from "@paddlewheel/core";
import type { Enum } from "protobufjs";
import { int32Range, integerOf } from "../json/json-value.js";
import { decodeInt32s } from "../protobuf/packed-decode.js";
import { WireType } from "../protobuf/wire-type.js";
import type { ScalarType } from "./scalar-type.js";

type EnumValue = string | number;

/**
 * An enum as a type of scalars. Its values are names; numbers are taken too, and are what an open enum (proto3) gives
 * for a number it has no name for.
 */
export function createEnumType(declared: Enum): ScalarType<EnumValue> {
  const name = declared.fullName.slice(1);
  const numbers = new Map(Object.entries(declared.values));
  // Of two names for one number the first is the one to give.
  const names = new Map([...numbers].reverse().map(([value, number]) => [number, value] as const));
  const isClosed = isClosedEnum(declared);
  const numberOf = (value: EnumValue): number =>
    typeof value === "number" ? value : (numbers.get(value) ?? 0);
  const nameOrNumber = (number: number): EnumValue | undefined =>
    names.get(number) ?? (isClosed ? undefined : number);
  const [first = 0] = numbers.values();
  return {
    kind: "scalar",
    name,
    literal: "enum",
    wireType: WireType.varint,
    zero: nameOrNumber(first) ?? first,
    read: (reader, field) => nameOrNumber(reader.int32(field)),
    unpack: (packed) =>
      [...decodeInt32s(packed.bytes(), packed.varintCount)].flatMap((number) => nameOrNumber(number) ?? []),
    whyNot(value) {
      const isKnown = typeof value === "number" ? isNumberOf(value) : numbers.has(value as string);
      if (isKnown) return undefined;
      const hint = typeof value === "string" ? nearestNameHint(value, numbers.keys()) : "";
      return `must be one of ${quoteNames(numbers.keys())}${hint}`;
    },
    isSame: (a, b) => numberOf(a) === numberOf(b),
    write: (writer, value) => writer.int32(numberOf(value)),
    parseJson(value, path, index) {
      if (typeof value === "string" && numbers.has(value)) return value;
      const place = index === undefined ? path : `${path}[${index}]`;
      const number = typeof value === "number" ? integerOf(value, int32Range, place) : undefined;
      if (number !== undefined && isNumberOf(number)) return nameOrNumber(number) ?? number;
      throw new ServeError(
        Code.malformedRequest,
        `${place}: ${quoteValue(value)} is no value of ${name}, which has ${quoteNames(numbers.keys())}`,
      );
    },
    formatJson(value) {
      const shown = nameOrNumber(numberOf(value));
      return JSON.stringify(shown);
    },
  };

  function isNumberOf(number: number): boolean {
    return names.has(number) || (!isClosed && Number.isInteger(number) && number === (number | 0));
  }
}

/** Only protobufjs's own features know it: the edition is of the file, and enums inside messages do not repeat it. */
function isClosedEnum(declared: Enum): boolean {
  const { _features } = declared as unknown as { readonly _features?: { readonly enum_type?: string } };
  return _features?.enum_type === "CLOSED";
}
