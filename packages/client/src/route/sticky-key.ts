import { finalMix, murmur3 } from "../balance/murmur3.js";

/** Reads of a request what its calls stick to; undefined when the request has it not. */
export type ReadKey = (request: object) => Uint8Array | undefined;

/** A key of a request, hashed. */
export interface KeyHash {
  /** Decides on the variant, from 0 to below 1. */
  readonly share: number;
  /** Decides on the canary, and knows nothing of `share`, so that the canary takes as many keys of each variant: 0 to below 1. */
  readonly canaryShare: number;
  /** Decides on the server with consistent hashing, and knows nothing of `share`: 0 to 2^32 - 1. */
  readonly requestCode: number;
}

/** @param endpoint so that what is the first tenth of one endpoint is not that of all others too */
export function hashKey(key: Uint8Array, endpoint: string): KeyHash {
  const salted = Buffer.concat([Buffer.from(`${endpoint}\0`), key]);
  const hash = murmur3(salted);
  return {
    share: hash / 2 ** 32,
    // Any bits turned over: the mix of 0 is 0.
    canaryShare: finalMix(~hash) / 2 ** 32,
    requestCode: murmur3(key),
  };
}

/** The value at a path of names, as bytes: text as UTF-8, numbers as the text they are written as. */
export function readKeyAt(request: object, path: readonly string[]): Uint8Array | undefined {
  const value = path.reduce<unknown>((inner, name) => {
    const isThere = typeof inner === "object" && inner !== null && Object.hasOwn(inner, name);
    return isThere ? Reflect.get(inner, name) : undefined;
  }, request);
  return keyBytes(value);
}

/** Undefined for what is no value but an object of its own. */
export function keyBytes(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const isValue =
    value !== undefined && value !== null && (typeof value !== "object" || Array.isArray(value));
  return isValue ? Buffer.from(String(value)) : undefined;
}
