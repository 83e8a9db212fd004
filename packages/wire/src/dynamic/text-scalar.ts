import { isUtf8 } from "node:buffer";
import { Code, quoteValue, ServeError } from "@paddlewheel/core";
import { float32Text, numberText } from "../text/float-text.js";
import { escapeBytes, unescapeBytes } from "../text/text-escape.js";
import type { TextScanner } from "../text/text-scanner.js";
import type { ScalarType, ScalarValue } from "./scalar-type.js";

/** Where a value stands, for errors. */
export interface TextPlace {
  readonly path: string;
  /** In a list. */
  readonly index?: number | undefined;
}

const trueWords: ReadonlySet<string> = new Set(["true", "True", "t", "1"]);
const falseWords: ReadonlySet<string> = new Set(["false", "False", "f", "0"]);

/** Decimal, octal and hexadecimal, of up to 64 bits; the time to read more grows with the square. */
const decimal = /^(?:0|[1-9]\d{0,19})$/;
const octal = /^0[0-7]{1,22}$/;
const hexadecimal = /^0[xX][0-9a-fA-F]{1,16}$/;
const decimalFloat = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fF]?$/;

/**
 * Reads the value the scanner stands at, and goes on to the token after it.
 * @throws ServeError malformedRequest that opens with the path.
 */
export function readTextScalar(scanner: TextScanner, type: ScalarType, place: TextPlace): ScalarValue {
  if (type.literal === "string" || type.literal === "bytes") return readStrings(scanner, type, place);
  const sign = scanner.isMark("-") ? "-" : "";
  if (sign) scanner.next();
  const { kind, token } = scanner;
  if (kind !== "word" && kind !== "number") {
    const shown = kind === "string" ? "a string" : kind === "end" ? "the end of the text" : quoteValue(token);
    throw malformed(place, `${shown} is no value of ${type.name}`);
  }
  const value = plainValue(type, sign, token);
  if (value === undefined) throw malformed(place, `${quoteValue(sign + token)} is no value of ${type.name}`);
  const parsed = type.parseJson(value, place.path, place.index);
  scanner.next();
  return parsed;
}

/** The value in the form the type takes from JSON; undefined when the token is none. */
function plainValue(type: ScalarType, sign: string, token: string): unknown {
  if (type.literal === "bool") return sign ? undefined : boolOf(token);
  if (type.literal === "float") return floatOf(sign, token);
  if (type.literal === "enum" && !/^\d/.test(token)) return sign ? undefined : token;
  const integer = integerOf(token);
  if (integer === undefined) return undefined;
  const value = sign ? -integer : integer;
  return typeof type.zero === "bigint" ? String(value) : Number(value);
}

function boolOf(token: string): boolean | undefined {
  return trueWords.has(token) ? true : falseWords.has(token) ? false : undefined;
}

function integerOf(token: string): bigint | undefined {
  if (decimal.test(token) || hexadecimal.test(token)) return BigInt(token);
  return octal.test(token) ? BigInt(`0o${token.slice(1)}`) : undefined;
}

/** Compat: a number too large for its type is an infinity in protobuf; here it is refused, as in JSON. */
function floatOf(sign: string, token: string): number | string | undefined {
  const word = token.toLowerCase();
  if (word === "inf" || word === "infinity") return `${sign}Infinity`;
  if (word === "nan") return "NaN";
  if (!decimalFloat.test(token)) return undefined;
  return Number(sign + token.replace(/[fF]$/, ""));
}

/** Strings that stand side by side are one; an escape ends with its own. */
function readStrings(scanner: TextScanner, type: ScalarType, place: TextPlace): string | Uint8Array {
  if (scanner.kind !== "string") throw malformed(place, `${type.name} is written in quotes`);
  try {
    // As bytes, each a character: a buffer for each would cost a hundred bytes.
    const parts: string[] = [];
    for (; scanner.kind === "string"; scanner.next())
      parts.push(unescapeBytes(scanner.token).toString("latin1"));
    const bytes = Buffer.from(parts.join(""), "latin1");
    if (type.literal === "string") return textOf(bytes);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    throw error instanceof ServeError ? malformed(place, error.message) : error;
  }
}

function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  throw new ServeError(Code.malformedRequest, "the escapes are not UTF-8 text");
}

/** The value as protobuf prints it. */
export function formatTextScalar(type: ScalarType, value: ScalarValue): string {
  if (type.literal === "string") return escapeBytes(Buffer.from(String(value)));
  if (type.literal === "bytes") return escapeBytes(value as Uint8Array);
  if (type.literal === "enum") return String(JSON.parse(type.formatJson(value)));
  if (type.literal !== "float") return String(value);
  const number = Number(value);
  if (Number.isNaN(number)) return "nan";
  if (!Number.isFinite(number)) return number > 0 ? "inf" : "-inf";
  return type.arrayType === Float32Array ? float32Text(number) : numberText(number);
}

function malformed({ path, index }: TextPlace, what: string): ServeError {
  const place = index === undefined ? path : `${path}[${index}]`;
  return new ServeError(Code.malformedRequest, `${place}: ${what}`);
}
