import type { TypedArray } from "@paddlewheel/core/message";

/** The array classes whose memory is the wire's own bytes. */
export interface ArrayClass<T extends TypedArray> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
}

/**
 * Up to this size V8 keeps a typed array inside its own object. Asking for its buffer moves it out, which takes longer
 * than everything else that is done with it: so these are copied through memory that is aligned for every type.
 */
export const maxSmallBytes = 64;

const scratch = new Uint8Array(maxSmallBytes);
const views = new Map<unknown, TypedArray>();

/** Bytes, wherever they lie, as a typed array of its own. */
export function smallArrayOf<T extends TypedArray>(type: ArrayClass<T>, bytes: Uint8Array): T {
  const view = viewOf(type);
  scratch.set(bytes);
  return view.slice(0, bytes.length / type.BYTES_PER_ELEMENT) as T;
}

/** Copies the memory of a typed array into `target`. */
export function copySmallArray(values: TypedArray | Uint32Array, target: Uint8Array, at: number): void {
  // Safe: the view is one of the same class.
  viewOf(values.constructor as ArrayClass<TypedArray>).set(values as never);
  // Read once: it takes as long as several bytes.
  const { byteLength } = values;
  for (let i = 0; i < byteLength; i++) target[at + i] = scratch[i] ?? 0;
}

function viewOf(type: ArrayClass<TypedArray>): TypedArray {
  let view = views.get(type);
  if (!view) {
    view = new type(scratch.buffer, 0, maxSmallBytes / type.BYTES_PER_ELEMENT);
    views.set(type, view);
  }
  return view;
}
