import type { Tensor, TensorData, TensorMap } from "@paddlewheel/core";

/** Small numbers that differ from element to element and from row to row; whole types stay 0 or 1, safe as indices. */
export function variedInputs(inputs: TensorMap, seed: number): TensorMap {
  const varied = new Map<string, Tensor>();
  for (const [name, tensor] of inputs) varied.set(name, { ...tensor, data: variedData(tensor, seed) });
  return varied;
}

/** See `variedInputs`. */
export function variedData({ dtype, data }: Tensor, seed: number): TensorData {
  if (data instanceof BigInt64Array) return data.map((_, i) => BigInt((i + seed) % 2));
  if (data instanceof Float32Array) return data.map((_, i) => Math.sin(seed * 37 + i));
  if (data instanceof Float64Array) return data.map((_, i) => Math.sin(seed * 37 + i));
  if (!ArrayBuffer.isView(data)) return data.map(() => String(seed));
  // 0x3800 and 0x3c00 are 0.5 and 1 in half precision.
  if (dtype === "float16") return (data as Uint16Array).map((_, i) => ((i + seed) % 2 ? 0x3c00 : 0x3800));
  return (data as Int32Array).map((_, i) => (i + seed) % 2);
}
