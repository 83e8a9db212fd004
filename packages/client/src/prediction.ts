import { Code, codeName, ServeError, type Tensor } from "@paddlewheel/core/message";
import type { GeneralResponse, GeneralTensor } from "@paddlewheel/wire/json";

/** What one model gave: tensors by alias name; `NAME.lod` beside a ragged one holds its offsets as int32. */
export type Fetched = Readonly<Record<string, Tensor>>;

/** What several models gave: by engine, then by alias name. */
export type FetchedByEngine = Readonly<Record<string, Fetched>>;

/** Compat: as in Paddle Serving's client the answer of a single model comes without the engine's name. */
export type Prediction = Fetched | FetchedByEngine;

/** @throws ServeError with the code of a response that says it failed, or has no output at all. */
export function toPrediction({ outputs, errNo, errMsg }: GeneralResponse): Prediction {
  if (errNo !== 0) throw new ServeError(codeName(errNo) ? (errNo as Code) : Code.internal, errMsg);
  const [first, ...others] = outputs;
  // Compat: a brpc server answers gRPC calls with status OK and an empty message when an Op failed.
  if (!first) throw new ServeError(Code.internal, "the server answered without any output");
  if (others.length === 0) return toFetched(first.tensors);
  return Object.fromEntries(outputs.map(({ engineName, tensors }) => [engineName, toFetched(tensors)]));
}

function toFetched(tensors: readonly GeneralTensor[]): Fetched {
  const entries = tensors.flatMap(({ name, aliasName, ...tensor }): [string, Tensor][] => {
    const key = aliasName || name;
    const own: [string, Tensor] = [key, tensor];
    return tensor.lod ? [own, [`${key}.lod`, offsetsTensor(tensor.lod.flat())]] : [own];
  });
  return Object.fromEntries(entries);
}

function offsetsTensor(offsets: readonly number[]): Tensor {
  return { dtype: "int32", shape: [offsets.length], data: Int32Array.from(offsets) };
}
