import type { Tensor, TensorData, TensorMap, TypedArray, VarSignature } from "@paddlewheel/core";
import { dtypeTable } from "@paddlewheel/core/model";
import { type BufferPool, minTransferBytes } from "./buffer-pool.js";

/** Tensors on their way between threads: columns in the order of a signature that both sides know. */
export interface PackedTensors {
  readonly shapes: readonly (readonly number[])[];
  readonly data: readonly TensorData[];
}

export interface Parcel {
  readonly tensors: PackedTensors;
  /** Buffers that leave this thread with the message. */
  readonly transferList: ArrayBuffer[];
}

/** `keep`: the tensors stay whole for whoever holds them. `give`: nobody needs them here any more. */
export type Ownership = "keep" | "give";

export interface PackOptions {
  readonly ownership: Ownership;
  /** Where buffers for copies come from, before new ones are made. */
  readonly buffers?: BufferPool;
}

/**
 * Packs the tensors of `variables` for another thread. A view never drags along the buffer it looks into: of a view
 * on a request body only the tensor's own bytes are copied.
 */
export function packTensors(
  variables: readonly VarSignature[],
  tensors: TensorMap,
  options: PackOptions,
): Parcel {
  const shapes: (readonly number[])[] = [];
  const data: TensorData[] = [];
  const transferList: ArrayBuffer[] = [];
  for (const { name } of variables) {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`no tensor "${name}" to pack`);
    shapes.push(tensor.shape);
    data.push(packData(tensor, options, transferList));
  }
  return { tensors: { shapes, data }, transferList };
}

/** The buffers of packed tensors that were handed over, each once; `others` are not among them. */
export function transferredBuffers({ data }: PackedTensors, others: readonly ArrayBuffer[]): ArrayBuffer[] {
  const buffers = data.flatMap((part) => (ArrayBuffer.isView(part) ? (ownedBuffer(part) ?? []) : []));
  return [...new Set(buffers)].filter(
    (buffer) => buffer.byteLength >= minTransferBytes && !others.includes(buffer),
  );
}

/** The other side of `packTensors`. */
export function unpackTensors(
  variables: readonly VarSignature[],
  { shapes, data }: PackedTensors,
): TensorMap {
  const tensors = new Map<string, Tensor>();
  variables.forEach(({ name, dtype }, i) => {
    tensors.set(name, { dtype, shape: shapes[i] ?? [], data: data[i] ?? [] });
  });
  return tensors;
}

function packData(
  { dtype, data }: Tensor,
  { ownership, buffers }: PackOptions,
  transferList: ArrayBuffer[],
): TensorData {
  const { arrayType } = dtypeTable[dtype];
  if (!arrayType || !ArrayBuffer.isView(data)) return data;
  const own = ownedBuffer(data);
  if (data.byteLength < minTransferBytes) return own ? data : new arrayType(copyBytes(data), 0, data.length);
  const canGive = own !== undefined && ownership === "give" && !transferList.includes(own);
  const buffer = canGive ? own : copyBytes(data, buffers);
  transferList.push(buffer);
  return canGive ? data : new arrayType(buffer, 0, data.length);
}

/**
 * The buffer of an array that fills it from the start, to more than half as buffers of a pool are filled, and so has it
 * for itself; neither ONNX Runtime nor a transfer takes a SharedArrayBuffer.
 */
function ownedBuffer({ buffer, byteOffset, byteLength }: TypedArray): ArrayBuffer | undefined {
  const isOwn = buffer instanceof ArrayBuffer && byteOffset === 0 && buffer.byteLength < 2 * byteLength;
  return isOwn ? buffer : undefined;
}

/** By bytes, because `slice` of a Buffer is a view; in one step, because an empty buffer would be filled with zeros first. */
function copyBytes({ buffer, byteOffset, byteLength }: TypedArray, buffers?: BufferPool): ArrayBuffer {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  if (!buffers) return new Uint8Array(bytes).buffer;
  const copy = buffers.take(byteLength);
  new Uint8Array(copy).set(bytes);
  return copy;
}
