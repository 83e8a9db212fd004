import { Code, ServeError } from "@paddlewheel/core/message";
import { decodeBase64 } from "#base64";
import { longInteger } from "./parse-json.js";

export type JsonObject = Readonly<Record<string, unknown>>;

const loneSurrogate = /\p{Surrogate}/u;
const maxShownLength = 40;

/** Range of an integer type; the ends are part of it. */
export interface IntegerRange {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

export const int32Range: IntegerRange = { name: "int32", min: -(2 ** 31), max: 2 ** 31 - 1 };
export const uint32Range: IntegerRange = { name: "uint32", min: 0, max: 2 ** 32 - 1 };

/*
 * Each function reads the value at `path` of a parsed text. Absent and null are the default of the type, as in brpc;
 * in a list, null is an error like any other wrong value. All throw ServeError malformedRequest that opens with the
 * path.
 */

export function readObject(value: unknown, path: string): JsonObject {
  if (
    typeof value !== "object" ||
    value === null ||
    Array.isArray(value) ||
    integerText(value) !== undefined
  ) {
    throw malformed(path, `${describe(value)} is not an object`);
  }
  return value as JsonObject;
}

export function readList(value: unknown, path: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw malformed(path, `${describe(value)} is not a list`);
  return value;
}

export function readString(value: unknown, path: string): string {
  return value === undefined || value === null ? "" : stringOf(value, path);
}

export function readStrings(value: unknown, path: string): string[] {
  return readList(value, path).map((element, i) => stringOf(element, `${path}[${i}]`));
}

export function readBool(value: unknown, path: string): boolean {
  return value === undefined || value === null ? false : boolOf(value, path);
}

export function readInt32(value: unknown, path: string): number {
  return value === undefined || value === null ? 0 : integerOf(value, int32Range, path);
}

export function readUint64(value: unknown, path: string): bigint {
  return value === undefined || value === null ? 0n : uint64Of(value, path);
}

/** Base64 with the standard or the URL alphabet, with padding or without. */
export function readBase64(value: unknown, path: string): Uint8Array {
  const text = readString(value, path);
  const bytes = decodeBase64(text);
  if (bytes === undefined) throw malformed(path, "is not base64");
  return bytes;
}

/*
 * Elements of lists: `index` is only made into a path when the value is wrong.
 */

export function boolOf(value: unknown, path: string, index?: number): boolean {
  if (typeof value === "boolean") return value;
  throw malformed(place(path, index), `${describe(value)} is neither true nor false`);
}

export function integerOf(value: unknown, range: IntegerRange, path: string, index?: number): number {
  const number = numberOf(value);
  if (number === undefined) throw malformed(place(path, index), `${describe(value)} is not a number`);
  if (number < range.min || number > range.max) {
    throw malformed(place(path, index), `${describe(value)} is outside ${range.name}`);
  }
  if (!Number.isInteger(number)) throw malformed(place(path, index), `${number} is not a whole number`);
  return number;
}

/** A 64-bit integer, as a number or as a string of digits; exact, or an error. */
export function longIntegerOf(value: unknown, path: string, index?: number): bigint {
  const text = typeof value === "string" ? value : integerText(value);
  // The longest of 64 bits has 20 digits; the time to read more grows with the square.
  if (text !== undefined && /^-?\d{1,20}$/.test(text)) return BigInt(text);
  if (Number.isSafeInteger(value)) return BigInt(value as number);
  throw malformed(place(path, index), whyNotLongInteger(value));
}

export function int64Of(value: unknown, path: string, index?: number): bigint {
  const integer = longIntegerOf(value, path, index);
  if (BigInt.asIntN(64, integer) !== integer) {
    throw malformed(place(path, index), `${integer} is outside int64`);
  }
  return integer;
}

export function uint64Of(value: unknown, path: string, index?: number): bigint {
  const integer = longIntegerOf(value, path, index);
  if (BigInt.asUintN(64, integer) !== integer) {
    throw malformed(place(path, index), `${integer} is outside uint64`);
  }
  return integer;
}

/** A number, or "NaN", "Infinity" or "-Infinity". */
export function doubleOf(value: unknown, path: string, index?: number): number {
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  const number = numberOf(value);
  if (number === undefined) throw malformed(place(path, index), `${describe(value)} is not a number`);
  if (!Number.isFinite(number)) throw malformed(place(path, index), "the number is outside float64");
  return number;
}

export function floatOf(value: unknown, path: string, index?: number): number {
  const number = doubleOf(value, path, index);
  if (typeof value !== "string" && !Number.isFinite(Math.fround(number))) {
    throw malformed(place(path, index), `${describe(value)} is outside float32`);
  }
  return number;
}

export function stringOf(value: unknown, path: string, index?: number): string {
  if (typeof value !== "string") throw malformed(place(path, index), `${describe(value)} is not a string`);
  if (loneSurrogate.test(value)) throw malformed(place(path, index), "half of a surrogate pair is not text");
  return value;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  const text = integerText(value);
  return text === undefined ? undefined : Number(text);
}

/** The digits of a long integer. Whoever sends such an object by hand has sent a number in a strange way. */
export function integerText(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const text = (value as JsonObject)[longInteger];
  return typeof text === "string" && /^-?\d+$/.test(text) ? text : undefined;
}

function whyNotLongInteger(value: unknown): string {
  if (integerText(value) !== undefined) return `${describe(value)} is outside 64 bits`;
  if (typeof value !== "number") return `${describe(value)} is not a whole number`;
  if (!Number.isInteger(value)) return `${value} is not a whole number`;
  return `${value} may have lost digits; write all of them, without an exponent`;
}

function describe(value: unknown): string {
  const digits = integerText(value);
  if (digits !== undefined) return shorten(digits);
  if (typeof value === "string") return shorten(JSON.stringify(value));
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

function shorten(text: string): string {
  return text.length <= maxShownLength ? text : `${text.slice(0, maxShownLength)}…`;
}

function place(path: string, index: number | undefined): string {
  return index === undefined ? path : `${path}[${index}]`;
}

function malformed(path: string, what: string): ServeError {
  return new ServeError(Code.malformedRequest, `${path}: ${what}`);
}
