import {
  bfloat16ToNumber,
  Code,
  type DType,
  dtypeTable,
  elementCount,
  float16ToNumber,
  type ModelVarConf,
  numberToBfloat16,
  numberToFloat16,
  quoteValue,
  ServeError,
  type Tensor,
  type TypedArray,
} from "@paddlewheel/core";
import { integerText } from "@paddlewheel/wire";

/**
 * Builds the batch of one feed variable from its value in each instance: nested lists, or flat ones in the shape conf
 * gives. All instances must have one shape, unless conf calls the variable a LoD tensor: then rows are joined.
 * @throws ServeError invalidArgument naming instance and variable.
 */
export function stackInstances(feed: ModelVarConf, values: readonly unknown[]): Tensor {
  const instances = values.map((value, i) => readInstance(feed, value, `feed[${i}].${feed.aliasName}`));
  const [first] = instances;
  if (!first) throw invalid("feed", "has no instances, at least one is needed");
  if (feed.isLodTensor) return joinRows(feed, instances);
  for (const { shape, where } of instances) {
    if (shape.join() === first.shape.join()) continue;
    const message = `has the shape [${shape.join(", ")}], that of feed[0] is [${first.shape.join(", ")}]`;
    throw invalid(where, message);
  }
  return toTensor(feed, [instances.length, ...first.shape], instances);
}

interface Instance {
  /** Path in the body. */
  readonly where: string;
  readonly shape: readonly number[];
  readonly elements: readonly unknown[];
}

function readInstance(feed: ModelVarConf, value: unknown, where: string): Instance {
  const nested = flatten(value, where);
  const shape = nested.shape.length === feed.shape.length ? nested.shape : fillShape(feed, nested, where);
  for (const [axis, size] of feed.shape.entries()) {
    if (size === -1 || size === shape[axis]) continue;
    throw invalid(where, `has the shape [${shape.join(", ")}], must be [${feed.shape.join(", ")}]`);
  }
  return { where, shape, elements: nested.elements };
}

/** The conf shape with its free axis, if there is one, filled so that the elements fit. */
function fillShape(feed: ModelVarConf, { shape: given, elements }: Instance, where: string): number[] {
  const fixed = feed.shape.filter((size) => size !== -1).reduce((product, size) => product * size, 1);
  const free = feed.shape.length - feed.shape.filter((size) => size !== -1).length;
  const rest = free === 1 && fixed > 0 ? elements.length / fixed : 1;
  const isFit = free <= 1 && Number.isInteger(rest) && rest * fixed === elements.length;
  if (isFit) return feed.shape.map((size) => (size === -1 ? rest : size));
  throw invalid(
    where,
    `has ${elements.length} elements in the shape [${given.join(", ")}], must be [${feed.shape.join(", ")}]`,
  );
}

/** Deepest nesting of lists that is read; tensors have at most 16 axes. */
const maxDepth = 16;

/** @throws ServeError invalidArgument for lists of unequal length. */
function flatten(value: unknown, where: string, depth = 0): Instance {
  if (!Array.isArray(value)) return { where, shape: [], elements: [value] };
  if (depth >= maxDepth) throw invalid(where, `is nested deeper than ${maxDepth} lists`);
  if (!value.some(Array.isArray)) return { where, shape: [value.length], elements: value };
  const parts = value.map((part) => flatten(part, where, depth + 1));
  const [first] = parts;
  for (const { shape } of parts) {
    if (shape.join() !== first?.shape.join()) throw invalid(where, "has lists of different lengths");
  }
  return {
    where,
    shape: [value.length, ...(first?.shape ?? [])],
    elements: parts.flatMap(({ elements }) => elements),
  };
}

function joinRows(feed: ModelVarConf, instances: readonly Instance[]): Tensor {
  const offsets = [0];
  for (const { shape } of instances) offsets.push((offsets.at(-1) ?? 0) + (shape[0] ?? 1));
  const inner = instances[0]?.shape.slice(1) ?? [];
  const shape = [offsets.at(-1) ?? 0, ...inner];
  return { ...toTensor(feed, shape, instances), lod: [offsets] };
}

function toTensor(
  { dtype, aliasName }: ModelVarConf,
  shape: readonly number[],
  instances: readonly Instance[],
): Tensor {
  const what = `feed.${aliasName}`;
  const count = elementCount(shape, what);
  const given = instances.reduce((sum, { elements }) => sum + elements.length, 0);
  if (count !== given) throw invalid(what, `has ${given} elements, shape wants ${count}`);
  const { arrayType } = dtypeTable[dtype];
  if (!arrayType) {
    const data = instances.flatMap(({ elements, where }) => elements.map((text) => readText(text, where)));
    return { dtype, shape, data };
  }
  const data = new arrayType(count);
  fill(data, dtype, instances);
  return { dtype, shape, data };
}

function fill(data: TypedArray, dtype: DType, instances: readonly Instance[]): void {
  let i = 0;
  for (const { elements, where } of instances) {
    for (const element of elements) {
      const value = readElement(dtype, element);
      if (value !== undefined) data[i] = value as never;
      // Whole numbers outside the type come back as others.
      if (value === undefined || (isWhole(dtype) && data[i] !== value)) throw notA(dtype, element, where);
      i++;
    }
  }
}

function isWhole(dtype: DType): boolean {
  return dtype.startsWith("int") || dtype === "uint8" || dtype === "bool";
}

const loneSurrogate = /\p{Surrogate}/u;

function readText(element: unknown, where: string): string {
  if (typeof element === "string" && !loneSurrogate.test(element)) return element;
  throw notA("string", element, where);
}

/** What goes into the array of the type; undefined when the element is none of it. */
function readElement(dtype: DType, element: unknown): number | bigint | undefined {
  if (dtype === "int64") return readInt64(element);
  if (dtype === "bool") return readBool(element);
  const number = typeof element === "number" ? element : Number(integerText(element) ?? Number.NaN);
  if (dtype === "float16") return finite(numberToFloat16(number), float16ToNumber);
  if (dtype === "bfloat16") return finite(numberToBfloat16(number), bfloat16ToNumber);
  return finite(number, dtype === "float32" ? Math.fround : Number);
}

/** The value as it is kept, unless what it then stands for is infinite or no number. */
function finite(kept: number, toNumber: (kept: number) => number): number | undefined {
  return Number.isFinite(toNumber(kept)) ? kept : undefined;
}

function readBool(element: unknown): number | undefined {
  if (typeof element === "boolean") return Number(element);
  return element === 0 || element === 1 ? element : undefined;
}

const int64Text = /^-?\d{1,19}$/;

/** A number, or text where a number of JavaScript would lose digits. */
function readInt64(element: unknown): bigint | undefined {
  if (typeof element === "number" && Number.isSafeInteger(element)) return BigInt(element);
  const text = typeof element === "string" ? element : integerText(element);
  const value = text !== undefined && int64Text.test(text) ? BigInt(text) : undefined;
  return value !== undefined && BigInt.asIntN(64, value) === value ? value : undefined;
}

function notA(kind: string, element: unknown, where: string): ServeError {
  return invalid(where, `${integerText(element) ?? quoteValue(element)} is not a valid ${kind}`);
}

function invalid(where: string, message: string): ServeError {
  return new ServeError(Code.invalidArgument, `${where}: ${message}`);
}
