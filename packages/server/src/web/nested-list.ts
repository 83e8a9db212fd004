import { bfloat16ToNumber, float16ToNumber, type Tensor } from "@paddlewheel/core";

/** A tensor as nested lists of JSON values, one level per axis; a scalar is its bare value. */
export function toNestedList(tensor: Tensor): unknown {
  const values = jsonValues(tensor);
  let lists: unknown[] = values;
  for (const size of tensor.shape.slice(1).reverse()) lists = chunk(lists, size);
  return tensor.shape.length === 0 ? values[0] : lists;
}

/** Elements as JSON can hold them; an int64 beyond 2^53 becomes a string so that no digit is lost. */
function jsonValues({ dtype, data }: Tensor): unknown[] {
  if (data instanceof BigInt64Array) return Array.from(data, jsonInt64);
  if (data instanceof Uint16Array) {
    return Array.from(data, (bits) => (dtype === "float16" ? float16ToNumber(bits) : bfloat16ToNumber(bits)));
  }
  if (dtype === "bool") return Array.from(data as Uint8Array, (value) => value !== 0);
  return Array.from(data as ArrayLike<unknown>, jsonNumber);
}

/** JSON has no NaN and no infinity; brpc's dialect writes them as text. */
function jsonNumber(value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function jsonInt64(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

function chunk(values: readonly unknown[], size: number): unknown[] {
  if (size === 0) return [];
  const chunks: unknown[] = [];
  for (let i = 0; i < values.length; i += size) chunks.push(values.slice(i, i + size));
  return chunks;
}
