import type { TensorMap, VarSignature } from "@paddlewheel/core";
import { xxHash32 } from "./xx-hash.js";

/** A hash of the tensors of `variables`, whose names and element types are left out: a whole number of 32 bits. */
export function hashTensors(variables: readonly VarSignature[], tensors: TensorMap): number {
  let hash = 0;
  for (const { name } of variables) {
    const { shape = [], lod = [], data = [] } = tensors.get(name) ?? {};
    hash = hashNumbers(shape, hash);
    for (const offsets of lod) hash = hashNumbers(offsets, hash);
    hash = ArrayBuffer.isView(data) ? xxHash32(data, hash) : hashTexts(data, hash);
  }
  return hash;
}

/** Sizes and offsets are whole numbers below 2^31. */
function hashNumbers(numbers: readonly number[], seed: number): number {
  let hash = seed ^ numbers.length;
  for (const number of numbers) hash = mix(hash, number);
  return hash;
}

function hashTexts(texts: readonly string[], seed: number): number {
  let hash = seed;
  for (const text of texts) {
    for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i));
    hash = mix(hash, text.length);
  }
  return hash;
}

function mix(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
