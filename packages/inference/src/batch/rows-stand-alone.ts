import type { ModelConf, ModelSignature, Tensor, TensorData, TensorMap } from "@paddlewheel/core";
import type { FluidFamilyCore } from "../core/fluid-family-core.js";
import { warmUpInputs } from "../engine/warm-up.js";
import { mergeRows, splitRows } from "./rows.js";

/** Kernels for one row and for many round differently; a model that mixes rows differs by far more. */
const tolerance = 1e-3;

/**
 * Tries whether rows that run together get what they get alone: a softmax over the first axis, say, has a batch axis and
 * cannot be batched. Three rows with different numbers in them run one by one and then at once.
 */
export async function rowsStandAlone(
  core: Pick<FluidFamilyCore, "run">,
  signature: ModelSignature,
  model: ModelConf | undefined,
): Promise<boolean> {
  try {
    const rows = [1, 2, 3].map((seed) => variedInputs(warmUpInputs(signature, model), seed));
    const alone: TensorMap[] = [];
    for (const row of rows) alone.push(await core.run(row));
    const together = splitRows(
      await core.run(mergeRows(rows)),
      rows.map(() => 1),
    );
    return alone.every((outputs, i) => areAlike(outputs, together[i]));
  } catch {
    // What cannot run on made-up numbers cannot be tried, so it is left alone.
    return false;
  }
}

/** Small numbers that differ from element to element and from row to row; whole types stay 0 or 1, safe as indices. */
export function variedInputs(inputs: TensorMap, seed: number): TensorMap {
  const varied = new Map<string, Tensor>();
  for (const [name, tensor] of inputs) {
    varied.set(name, { ...tensor, data: variedData(tensor, seed) });
  }
  return varied;
}

function variedData({ dtype, data }: Tensor, seed: number): TensorData {
  if (data instanceof BigInt64Array) return data.map((_, i) => BigInt((i + seed) % 2));
  if (data instanceof Float32Array) return data.map((_, i) => Math.sin(seed * 37 + i));
  if (data instanceof Float64Array) return data.map((_, i) => Math.sin(seed * 37 + i));
  if (!ArrayBuffer.isView(data)) return data.map(() => String(seed));
  // 0x3800 and 0x3c00 are 0.5 and 1 in half precision.
  if (dtype === "float16") return (data as Uint16Array).map((_, i) => ((i + seed) % 2 ? 0x3c00 : 0x3800));
  return (data as Int32Array).map((_, i) => (i + seed) % 2);
}

function areAlike(a: TensorMap, b: TensorMap | undefined): boolean {
  return [...a].every(([name, tensor]) => {
    const other = b?.get(name);
    if (!other || other.data.length !== tensor.data.length) return false;
    for (let i = 0; i < tensor.data.length; i++) {
      if (!isAlike(tensor.data[i], other.data[i])) return false;
    }
    return true;
  });
}

function isAlike(a: unknown, b: unknown): boolean {
  if (typeof a !== "number" || typeof b !== "number") return a === b;
  return Object.is(a, b) || Math.abs(a - b) <= tolerance * (1 + Math.abs(a));
}
