import type { Tensor, TensorData, TensorMap } from "@paddlewheel/core";

/** The same tensors with elements of their own. */
export function copyTensors(tensors: TensorMap): Map<string, Tensor> {
  const copies = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) copies.set(name, { ...tensor, data: copyOf(tensor.data) });
  return copies;
}

/** `slice` of a Buffer, which is a Uint8Array too, would be a view. */
function copyOf(data: TensorData): TensorData {
  return data instanceof Uint8Array ? new Uint8Array(data) : data.slice();
}
