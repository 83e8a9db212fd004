import { Enum, Field, Root, Type } from "protobufjs";
import textformat from "protobufjs/ext/textformat.js";
import type { PrototxtScalar, TreeScalar, YamlScalar } from "../text/tree.js";

/** The values a scalar field of conf may have; enums are kept by name. */
export type ScalarValue = string | number | boolean;

/** A value, or why the text is none; the message begins with a verb: `must be …`. */
export type ScalarResult = { readonly value: ScalarValue } | { readonly fault: string };

const intRanges: Readonly<Record<string, readonly [min: number, max: number]>> = {
  int32: [-2_147_483_648, 2_147_483_647],
  uint32: [0, 4_294_967_295],
};

/** Longest number or word; keeps the cost of a long run of digits away. */
const maxWordLength = 64;

/** Reads one value of a field from either notation. Values of prototxt mean what protobuf's text format says. */
export function readScalar(field: Field, scalar: TreeScalar): ScalarResult {
  if (field.resolvedType instanceof Enum) return readEnum(field.resolvedType, scalar);
  if (scalar.notation === "yaml") return readYaml(field.type, scalar);
  if (isNumberText(field, scalar)) return { value: scalar.source };
  return readPrototxt(field.type, scalar);
}

/** One optional field per scalar type, so that protobufjs reads a value alone, free of what stands around it. */
const holder = new Type("Scalar")
  .add(new Field("string", 1, "string"))
  .add(new Field("bool", 2, "bool"))
  .add(new Field("int32", 3, "int32"))
  .add(new Field("uint32", 4, "uint32"))
  .add(new Field("double", 5, "double"));
// Without a root protobufjs cannot tell how a field is encoded.
new Root().add(holder);

/** Fields whose text is a number more often than not; quotes around it may be left out. */
const numberTexts: ReadonlySet<string> = new Set([
  "InferService.max_concurrency",
  "MethodMaxConcurrency.limit",
]);

function isNumberText({ parent, name }: Field, { source }: PrototxtScalar): boolean {
  return numberTexts.has(`${parent?.name}.${name}`) && /^\d{1,9}$/.test(source);
}

function readPrototxt(type: string, scalar: PrototxtScalar): ScalarResult {
  const isString = isQuoted(scalar.source);
  if (isString !== (type === "string") || (!isString && scalar.source.length > maxWordLength)) {
    return mustBe(type, scalar);
  }
  try {
    const message = textformat.fromText(holder, `${type}: ${scalar.source}`);
    return { value: Reflect.get(message, type) as ScalarValue };
  } catch (error) {
    if (!isString) return mustBe(type, scalar);
    const reason = error instanceof Error ? error.message.replace(/ \(line \d+\)$/, "") : "";
    return { fault: `is no legal string: ${reason}` };
  }
}

function readYaml(type: string, scalar: YamlScalar): ScalarResult {
  const { value, source } = scalar;
  if (value === null) return { fault: "has no value: give it one or leave the field out" };
  // What YAML takes for a number or a bool is still the text the author wrote.
  if (type === "string") return { value: source };
  if (type === "bool") {
    if (typeof value === "boolean") return { value };
    if (value === 0 || value === 1) return { value: value === 1 };
    return mustBe(type, scalar);
  }
  if (type === "double") return typeof value === "number" ? { value } : mustBe(type, scalar);
  const [min, max] = intRanges[type] ?? [0, 0];
  const isInRange = typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
  return isInRange ? { value: Object.is(value, -0) ? 0 : value } : mustBe(type, scalar);
}

function readEnum(type: Enum, scalar: TreeScalar): ScalarResult {
  const { source } = scalar;
  const isName = Object.hasOwn(type.values, source);
  const name = isName ? source : /^\d{1,9}$/.test(source) ? type.valuesById[Number(source)] : undefined;
  if (name !== undefined && !isString(scalar)) return { value: name };
  return { fault: `must be one of ${Object.keys(type.values).join(", ")}, not ${show(scalar)}` };
}

function isString(scalar: TreeScalar): boolean {
  // YAML authors may quote a name or not.
  return scalar.notation === "prototxt" && isQuoted(scalar.source);
}

function isQuoted(source: string): boolean {
  return source.startsWith('"') || source.startsWith("'");
}

function mustBe(type: string, scalar: TreeScalar): ScalarResult {
  const range = intRanges[type];
  const what = range ? `a whole number from ${range[0]} to ${range[1]}` : wordsOf[type];
  return { fault: `must be ${what}, not ${show(scalar)}` };
}

const wordsOf: Readonly<Record<string, string>> = {
  string: "a string in quotes",
  bool: "true or false",
  double: "a number",
};

function show(scalar: TreeScalar): string {
  const source = scalar.source.length > 40 ? `${scalar.source.slice(0, 40)}…` : scalar.source;
  return scalar.notation === "yaml" && typeof scalar.value === "string" ? JSON.stringify(source) : source;
}
