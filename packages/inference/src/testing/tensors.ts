import type { DType, ModelSignature, Tensor, TensorData, TensorMap, VarSignature } from "@paddlewheel/core";

type Shape = VarSignature["shape"];

export function variable(name: string, dtype: DType, shape: Shape): VarSignature {
  return { name, dtype, shape };
}

/** A signature of inputs alone, where outputs do not matter. */
export function takes(...inputs: VarSignature[]): ModelSignature {
  return { inputs, outputs: [] };
}

export function tensor(dtype: DType, shape: readonly number[], data: TensorData): Tensor {
  return { dtype, shape, data };
}

/** float32 zeros. */
export function zeros(...shape: number[]): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return tensor("float32", shape, new Float32Array(count));
}

export function tensors(byName: Readonly<Record<string, Tensor>>): TensorMap {
  return new Map(Object.entries(byName));
}
