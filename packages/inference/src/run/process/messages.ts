import type { Tensor, TensorMap, VarSignature } from "@paddlewheel/core";
import { dtypeTable } from "@paddlewheel/core/model";
import type { TrialOptions } from "../../batch/try-batches.js";
import type { FailureRecord } from "../failure-record.js";
import type { CoreSource, LoadReport } from "../load-core.js";
import type { ReadFrame } from "./frames.js";

/** What a worker process is asked; it answers one after the other. */
export type WorkerRequest =
  /** The key of an encrypted model is the only part; it is not in the value, of which copies remain. */
  | { readonly kind: "load"; readonly source: CoreSource; readonly copy: number }
  | { readonly kind: "tryBatches"; readonly options: Omit<TrialOptions, "model"> }
  | { readonly kind: "run"; readonly tensors: SentTensors };

export type LoadAnswer = { readonly report: LoadReport } | { readonly failure: FailureRecord };

export type RunAnswer = { readonly ms: number } & (
  | { readonly tensors: SentTensors }
  | { readonly failure: FailureRecord }
);

/** Tensors in the order of a signature that both sides know; elements are parts of the frame, but for strings. */
export interface SentTensors {
  readonly shapes: readonly (readonly number[])[];
  readonly texts: readonly (readonly string[] | undefined)[];
}

/** Tensors without a copy: the parts are views of them. */
export function toParts(
  variables: readonly VarSignature[],
  tensors: TensorMap,
): { readonly tensors: SentTensors; readonly parts: readonly Uint8Array[] } {
  const shapes: (readonly number[])[] = [];
  const texts: (readonly string[] | undefined)[] = [];
  const parts: Uint8Array[] = [];
  for (const { name } of variables) {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`no tensor "${name}" to send`);
    const { shape, data } = tensor;
    shapes.push(shape);
    texts.push(ArrayBuffer.isView(data) ? undefined : data);
    if (ArrayBuffer.isView(data)) parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return { tensors: { shapes, texts }, parts };
}

/** The other side of `toParts`. */
export function fromParts(
  variables: readonly VarSignature[],
  { shapes, texts }: SentTensors,
  parts: ReadFrame["parts"],
): TensorMap {
  const tensors = new Map<string, Tensor>();
  let next = 0;
  variables.forEach(({ name, dtype }, i) => {
    const { arrayType } = dtypeTable[dtype];
    const bytes = texts[i] || !arrayType ? undefined : parts[next++];
    const data =
      bytes && arrayType
        ? new arrayType(bytes.buffer, 0, bytes.byteLength / arrayType.BYTES_PER_ELEMENT)
        : texts[i];
    tensors.set(name, { dtype, shape: shapes[i] ?? [], data: data ?? [] });
  });
  return tensors;
}
