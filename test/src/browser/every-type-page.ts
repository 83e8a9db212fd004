// A page: run-page.js runs it with the globals of a browser.
import {
  BrowserClient,
  type FeedValue,
  type Fetched,
  type ModelJson,
  ServeError,
  type Tensor,
} from "@paddlewheel/client/browser";

/** What it is to do, as text: a page's arrays are not those of who runs it. */
export interface Errand {
  readonly url: string;
  readonly model: ModelJson;
  /** Elements by alias, each as text. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

export interface PlainTensor {
  readonly shape: readonly number[];
  readonly values: readonly string[];
}

/** What came of it. */
export interface Result {
  readonly tensors: Readonly<Record<string, PlainTensor>>;
  readonly error: { readonly code: number; readonly message: string } | undefined;
  readonly globals: readonly string[];
}

const arrays = {
  float32: Float32Array,
  int32: Int32Array,
  float64: Float64Array,
  int16: Int16Array,
  float16: Uint16Array,
  uint8: Uint8Array,
  int8: Int8Array,
};

export async function main(text: string): Promise<string> {
  const { url, model, values } = JSON.parse(text) as Errand;
  const client = new BrowserClient(url, { model, token: "canary-0123456789abcdef" });
  const feed = Object.fromEntries(
    Object.entries(values).map(([dtype, texts]) => [dtype, feedOf(dtype, texts)]),
  );
  const fetched: Fetched = await client.predict({ feed, batch: true, logId: 7 });
  const error = await client
    .predict({ feed, batch: true, modelVersion: "99" })
    .then(() => undefined, errorOf);
  const tensors = Object.fromEntries(Object.entries(fetched).map(([name, tensor]) => [name, plain(tensor)]));
  const result: Result = { tensors, error, globals: Object.keys(globalThis) };
  return JSON.stringify(result);
}

/** Numbers as typed arrays, all else as lists in lists. */
function feedOf(dtype: string, texts: readonly string[]): FeedValue {
  if (dtype in arrays) return arrays[dtype as keyof typeof arrays].from(texts.map(Number));
  const elements = texts.map((text) => elementOf(dtype, text));
  return [0, 2, 4].map((start) => elements.slice(start, start + 2));
}

function elementOf(dtype: string, text: string): bigint | boolean | string {
  if (dtype === "int64") return BigInt(text);
  return dtype === "bool" ? text === "true" : text;
}

function plain({ shape, data }: Tensor): PlainTensor {
  return { shape, values: Array.from(data as ArrayLike<unknown>, String) };
}

function errorOf(thrown: unknown): Result["error"] {
  return thrown instanceof ServeError ? { code: thrown.code, message: thrown.message } : undefined;
}
