import {
  type DType,
  dtypeTable,
  elementCount,
  type ModelConf,
  type ModelSignature,
  nearestNameHint,
  numberToBfloat16,
  numberToFloat16,
  quoteValue,
  type Tensor,
  type TensorData,
  type TensorMap,
} from "@paddlewheel/core";

/** How far a value may be from what a case wants: `absolute + relative * |wanted|`. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** Enough for float32 sums in another order, and far less than another model differs by. */
export const defaultTolerance: Tolerance = { absolute: 1e-5, relative: 1e-4 };

/** A request of which is known what the model answers; of a warm-up request only that it can. */
export interface ModelCase {
  readonly inputs: TensorMap;
  /** By the model's own names. */
  readonly wanted: TensorMap;
  readonly tolerance: Tolerance;
}

export interface CaseModel {
  readonly signature: ModelSignature;
  readonly model: ModelConf;
}

const caseKeys: ReadonlySet<string> = new Set(["feeds", "fetches", "tolerance", "comment"]);

/**
 * Reads `{ feeds, fetches, tolerance }`: tensors by alias or by the model's own name, each a nested list, or
 * `{ shape, data }` with a flat one. Element types are the model's; int64 beyond 2^53 is written as text, and so are NaN
 * and Infinity.
 * @throws Error that names the field.
 */
export function parseModelCase(text: string, { signature, model }: CaseModel): ModelCase {
  const content: CaseContent = objectOf(JSON.parse(text), "the file");
  for (const key of Object.keys(content)) {
    if (!caseKeys.has(key))
      throw new Error(`has no field ${quoteValue(key)}${nearestNameHint(key, caseKeys)}`);
  }
  return {
    inputs: tensorsOf(content.feeds, { side: "feeds", vars: model.feedVars, declared: signature.inputs }),
    wanted: tensorsOf(content.fetches ?? {}, {
      side: "fetches",
      vars: model.fetchVars,
      declared: signature.outputs,
    }),
    tolerance: toleranceOf(content.tolerance),
  };
}

interface CaseContent {
  readonly feeds?: unknown;
  readonly fetches?: unknown;
  readonly tolerance?: unknown;
}

interface Side {
  readonly side: "feeds" | "fetches";
  readonly vars: ModelConf["feedVars"];
  readonly declared: ModelSignature["inputs"];
}

function tensorsOf(given: unknown, { side, vars, declared }: Side): TensorMap {
  const tensors = new Map<string, Tensor>();
  for (const [key, value] of Object.entries(objectOf(given, side))) {
    const name = vars.find(({ aliasName }) => aliasName === key)?.name ?? key;
    const variable = declared.find((one) => one.name === name);
    const place = `${side}.${key}`;
    if (!variable) {
      const names = [...vars.map(({ aliasName }) => aliasName), ...declared.map((one) => one.name)];
      throw new Error(`${place}: the model has no such variable${nearestNameHint(key, names)}`);
    }
    tensors.set(name, tensorOf(value, variable.dtype, place));
  }
  return tensors;
}

function tensorOf(value: unknown, dtype: DType, place: string): Tensor {
  if (!Array.isArray(value)) {
    const { shape, data }: { shape?: unknown; data?: unknown } = objectOf(value, place);
    if (!Array.isArray(data)) throw new Error(`${place}.data: must be a list of elements`);
    return flatTensor(data, { dtype, shape: shapeOf(shape, place), place });
  }
  const shape: number[] = [];
  for (let level: unknown = value; Array.isArray(level); level = level[0]) shape.push(level.length);
  return flatTensor(value.flat(shape.length - 1), { dtype, shape, place });
}

interface TensorPlace {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly place: string;
}

function flatTensor(elements: readonly unknown[], { dtype, shape, place }: TensorPlace): Tensor {
  const count = elementCount(shape, place);
  if (elements.length !== count || elements.some((element) => Array.isArray(element))) {
    throw new Error(
      `${place}: has ${elements.length} elements, its shape [${shape.join(", ")}] wants ${count}`,
    );
  }
  const read = (element: unknown, i: number) => readElement(element, dtype, `${place}: element ${i}`);
  return { dtype, shape, data: dataOf(dtype, elements.map(read)) };
}

function dataOf(dtype: DType, elements: readonly (number | bigint | string)[]): TensorData {
  const { arrayType } = dtypeTable[dtype];
  if (!arrayType) return elements.map(String);
  const data = new arrayType(elements.length);
  // Elements are of the kind that arrays of this type hold: `readElement` has seen to it.
  data.set(elements as ArrayLike<number> & ArrayLike<bigint>);
  return data;
}

function readElement(element: unknown, dtype: DType, place: string): number | bigint | string {
  if (dtype === "string") {
    if (typeof element === "string") return element;
    throw new Error(`${place} must be a text, not ${quoteValue(element)}`);
  }
  if (dtype === "int64") return readInt64(element, place);
  const value = typeof element === "boolean" ? Number(element) : readNumber(element);
  if (value === undefined || (isWhole(dtype) && !Number.isInteger(value))) {
    throw new Error(
      `${place} must be ${isWhole(dtype) ? "a whole number" : "a number"}, not ${quoteValue(element)}`,
    );
  }
  if (dtype === "float16") return numberToFloat16(value);
  return dtype === "bfloat16" ? numberToBfloat16(value) : value;
}

function readInt64(element: unknown, place: string): bigint {
  const isNumber = typeof element === "number" && Number.isSafeInteger(element);
  if (isNumber || (typeof element === "string" && /^-?\d{1,19}$/.test(element))) return BigInt(element);
  throw new Error(`${place} must be a whole number, as text beyond 2^53, not ${quoteValue(element)}`);
}

const specialNumbers: ReadonlyMap<unknown, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

function readNumber(element: unknown): number | undefined {
  return typeof element === "number" ? element : specialNumbers.get(element);
}

export function isWhole(dtype: DType): boolean {
  return dtype.includes("int") || dtype === "bool";
}

function shapeOf(shape: unknown, place: string): readonly number[] {
  const isShape = Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (isShape) return shape as readonly number[];
  throw new Error(`${place}.shape: must be a list of sizes`);
}

function toleranceOf(given: unknown): Tolerance {
  if (given === undefined) return defaultTolerance;
  const { absolute = 0, relative = 0 }: Partial<Record<keyof Tolerance, unknown>> = objectOf(
    given,
    "tolerance",
  );
  for (const [key, value] of Object.entries({ absolute, relative })) {
    if (typeof value === "number" && value >= 0) continue;
    throw new Error(`tolerance.${key}: must be a number from 0, not ${quoteValue(value)}`);
  }
  return { absolute: Number(absolute), relative: Number(relative) };
}

function objectOf(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new Error(`${place}: must be an object, not ${quoteValue(value)}`);
}
