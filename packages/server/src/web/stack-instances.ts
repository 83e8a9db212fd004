import {
  Code,
  type DType,
  dtypeTable,
  elementCount,
  type ModelVarConf,
  numberToBfloat16,
  numberToFloat16,
  ServeError,
  type Tensor,
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
  for (const [i, { shape }] of instances.entries()) {
    if (shape.join() === first.shape.join()) continue;
    const message = `has the shape [${shape.join(", ")}], that of feed[0] is [${first.shape.join(", ")}]`;
    throw invalid(`feed[${i}].${feed.aliasName}`, message);
  }
  return toTensor(
    feed,
    [instances.length, ...first.shape],
    instances.flatMap(({ elements }) => elements),
  );
}

interface Instance {
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
  return { shape, elements: nested.elements };
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
  if (!Array.isArray(value)) return { shape: [], elements: [value] };
  if (depth >= maxDepth) throw invalid(where, `is nested deeper than ${maxDepth} lists`);
  if (!value.some(Array.isArray)) return { shape: [value.length], elements: value };
  const parts = value.map((part) => flatten(part, where, depth + 1));
  const [first] = parts;
  for (const { shape } of parts) {
    if (shape.join() !== first?.shape.join()) throw invalid(where, "has lists of different lengths");
  }
  return {
    shape: [value.length, ...(first?.shape ?? [])],
    elements: parts.flatMap(({ elements }) => elements),
  };
}

function joinRows(feed: ModelVarConf, instances: readonly Instance[]): Tensor {
  const offsets = [0];
  for (const { shape } of instances) offsets.push((offsets.at(-1) ?? 0) + (shape[0] ?? 1));
  const inner = instances[0]?.shape.slice(1) ?? [];
  const shape = [offsets.at(-1) ?? 0, ...inner];
  return {
    ...toTensor(
      feed,
      shape,
      instances.flatMap(({ elements }) => elements),
    ),
    lod: [offsets],
  };
}

function toTensor(feed: ModelVarConf, shape: readonly number[], elements: readonly unknown[]): Tensor {
  const where = `feed.${feed.aliasName}`;
  const count = elementCount(shape, where);
  if (count !== elements.length)
    throw invalid(where, `has ${elements.length} elements, shape wants ${count}`);
  const { arrayType } = dtypeTable[feed.dtype];
  if (!arrayType) {
    const texts = elements.map((element) =>
      typeof element === "string" ? element : notA("string", element, where),
    );
    return { dtype: feed.dtype, shape, data: texts };
  }
  const data = new arrayType(count);
  for (let i = 0; i < count; i++) {
    const value = readElement(feed.dtype, elements[i], where);
    data[i] = value as never;
    if (isWhole(feed.dtype) && data[i] !== value) notA(feed.dtype, elements[i], where);
  }
  return { dtype: feed.dtype, shape, data };
}

function isWhole(dtype: DType): boolean {
  return dtype.startsWith("int") || dtype === "uint8" || dtype === "bool";
}

function readElement(dtype: DType, element: unknown, where: string): number | bigint {
  if (dtype === "int64") return readInt64(element, where);
  if (dtype === "bool" && typeof element === "boolean") return element ? 1 : 0;
  const number = typeof element === "number" ? element : Number(integerText(element) ?? Number.NaN);
  if (!Number.isFinite(number)) return notA("number", element, where);
  if (dtype === "float16") return numberToFloat16(number);
  if (dtype === "bfloat16") return numberToBfloat16(number);
  return number;
}

const int64Text = /^-?\d{1,19}$/;

/** A number, or text where a number of JavaScript would lose digits. */
function readInt64(element: unknown, where: string): bigint {
  if (typeof element === "number" && Number.isSafeInteger(element)) return BigInt(element);
  const text = typeof element === "string" ? element : integerText(element);
  const value = text !== undefined && int64Text.test(text) ? BigInt(text) : undefined;
  return value !== undefined && BigInt.asIntN(64, value) === value ? value : notA("int64", element, where);
}

/** Longest piece of a caller's value shown in a message. */
const shownLength = 40;

function notA(kind: string, element: unknown, where: string): never {
  const shown = (JSON.stringify(element) ?? String(element)).slice(0, shownLength);
  throw invalid(where, `${shown} is not a valid ${kind}`);
}

function invalid(where: string, message: string): ServeError {
  return new ServeError(Code.invalidArgument, `${where}: ${message}`);
}
