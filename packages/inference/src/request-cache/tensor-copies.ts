import { dtypeTable, type Tensor, type TensorData, type TensorMap, type TypedArray } from "@paddlewheel/core";

/** What a tensor takes beside its elements: its object, shape, array and buffer; measured, see docs/request-cache.md. */
const tensorOverhead = 400;
const textOverhead = 32;

/** Tensors that share nothing with these, nor hold larger buffers that these are views of. */
export function copyTensors(tensors: TensorMap): TensorMap {
  return new Map(Array.from(tensors, ([name, tensor]) => [name, copyTensor(tensor)]));
}

function copyTensor({ dtype, shape, data, lod }: Tensor): Tensor {
  const { arrayType } = dtypeTable[dtype];
  // Safe: of a typed array every array type makes a copy; `slice` of a Buffer would be a view.
  const copy = arrayType && ArrayBuffer.isView(data) ? new arrayType(data as never) : data.slice();
  const own = { dtype, shape: shape.slice(), data: copy };
  return lod ? { ...own, lod: lod.map((offsets) => offsets.slice()) } : own;
}

/** Memory that copies of tensors take, in bytes. */
export function bytesOfTensors(tensors: TensorMap): number {
  let bytes = 0;
  for (const { shape, data, lod } of tensors.values()) {
    bytes += tensorOverhead + 8 * shape.length;
    bytes += ArrayBuffer.isView(data) ? data.byteLength : bytesOfTexts(data);
    for (const offsets of lod ?? []) bytes += textOverhead + 8 * offsets.length;
  }
  return bytes;
}

/** Whether tensors are the same by name, to the last bit: 0 and -0 differ, and a NaN is what its bits are. */
export function areSameTensors(some: TensorMap, others: TensorMap): boolean {
  if (some.size !== others.size) return false;
  for (const [name, one] of some) {
    if (!isSameTensor(one, others.get(name))) return false;
  }
  return true;
}

function isSameTensor(one: Tensor, other: Tensor | undefined): boolean {
  if (one.dtype !== other?.dtype || !areSameNumbers(one.shape, other.shape)) return false;
  return isSameLod(one.lod, other.lod) && isSameData(one.data, other.data);
}

function isSameData(one: TensorData, other: TensorData): boolean {
  if (one.length !== other.length) return false;
  if (ArrayBuffer.isView(one) && ArrayBuffer.isView(other))
    return Buffer.compare(bytesOf(one), bytesOf(other)) === 0;
  return (one as readonly string[]).every((text, i) => text === other[i]);
}

function isSameLod(one: Tensor["lod"] = [], other: Tensor["lod"] = []): boolean {
  return one.length === other.length && one.every((offsets, i) => areSameNumbers(offsets, other[i] ?? []));
}

function areSameNumbers(some: readonly number[], others: readonly number[]): boolean {
  return some.length === others.length && some.every((number, i) => number === others[i]);
}

function bytesOf({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Two bytes for each character: which texts need only one, nobody tells. */
function bytesOfTexts(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + textOverhead + 2 * text.length, 0);
}
