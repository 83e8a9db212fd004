import workerThreads from "node:worker_threads";
import { Code, formatFieldPath, GeneralBlob, ServeError } from "@paddlewheel/core";

/** `keep`: whoever holds the value needs it whole. `give`: nobody needs its arrays here any more. */
export type Ownership = "keep" | "give";

/**
 * Objects of one message whose prototype a structured clone loses, by what they were. They are the very objects inside
 * the packed values, and a clone of the whole message keeps that so.
 */
export interface LostPrototypes {
  readonly generalBlobs: object[];
  readonly buffers: object[];
  /** Objects without a prototype. */
  readonly bare: object[];
}

/**
 * Bytes from which an array is handed over instead of cloned: handing over costs some µs whatever the size, a clone
 * costs a copy on each side.
 */
export const minTransferBytes = 16_384;

/** Levels of lists and objects: twice what parsers let in, and far from the end of the stack. */
const maxDepth = 200;

const whatCrosses = "only plain data, typed arrays and GeneralBlobs cross threads";

/**
 * Packs values for one message to another thread. Plain data of any shape crosses: primitives, lists, objects, Maps,
 * Sets, Dates, RegExps, typed arrays, Buffers and GeneralBlobs; cycles, and what values share, stay as they are. What is
 * packed can be cloned for certain, so posting it does not throw.
 *
 * A view never drags along the buffer it looks into: of a slice of Node's Buffer pool, or of a request body, its own
 * bytes are copied. Shared memory stays shared.
 */
export class ValuePacker {
  readonly lost: LostPrototypes = { generalBlobs: [], buffers: [], bare: [] };
  readonly #ownership: Ownership;
  readonly #packed = new Map<object, object>();
  readonly #moved = new Set<ArrayBuffer>();
  readonly #path: (string | number)[] = [];
  #what = "";

  constructor(ownership: Ownership) {
    this.#ownership = ownership;
  }

  /** Buffers that leave this thread with the message. */
  get transferList(): ArrayBuffer[] {
    return [...this.#moved];
  }

  /**
   * @throws ServeError opFailure, opened by `what` and naming the place, for what cannot cross: functions, symbols,
   * objects of other classes, arrays whose memory was given away before.
   */
  pack(what: string, value: unknown): unknown {
    this.#what = what;
    this.#path.length = 0;
    return this.#pack(value);
  }

  #pack(value: unknown): unknown {
    if (typeof value === "function" || typeof value === "symbol") throw this.#refusal(`a ${typeof value}`);
    if (typeof value !== "object" || value === null) return value;
    return this.#packed.get(value) ?? this.#packObject(value);
  }

  #packAt(step: string | number, value: unknown): unknown {
    // Lists of a hundred thousand numbers occur, and the path is for messages only.
    if (typeof value === "number" || typeof value === "string") return value;
    this.#path.push(step);
    const packed = this.#pack(value);
    this.#path.pop();
    return packed;
  }

  #packObject(value: object): object {
    if (this.#path.length > maxDepth) {
      throw this.#refusal("something", `it is nested deeper than ${maxDepth} levels`);
    }
    if (ArrayBuffer.isView(value)) return this.#packView(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    switch (prototype) {
      case Object.prototype:
        return this.#packFields(value, {});
      case Array.prototype:
        return this.#packList(value as unknown[]);
      case Map.prototype:
        return this.#packMap(value as Map<unknown, unknown>);
      case Set.prototype:
        return this.#packSet(value as Set<unknown>);
      case ArrayBuffer.prototype:
        return this.#packBuffer(value as ArrayBuffer);
      case SharedArrayBuffer.prototype:
      case Date.prototype:
      case RegExp.prototype:
        return value;
      case null:
        return this.#packFields(value, addTo(this.lost.bare, {}));
    }
    if (isGeneralBlob(value)) return this.#packFields(value, addTo(this.lost.generalBlobs, {}));
    throw this.#refusal(`an instance of ${value.constructor?.name || "an unnamed class"}`);
  }

  #packFields(value: object, packed: Record<string, unknown>): object {
    this.#packed.set(value, packed);
    for (const [name, field] of Object.entries(value)) {
      const inner = this.#packAt(name, field);
      // Assigning would change the prototype instead.
      if (name === "__proto__") Object.defineProperty(packed, name, { value: inner, enumerable: true });
      else packed[name] = inner;
    }
    return packed;
  }

  #packList(value: readonly unknown[]): object {
    const packed: unknown[] = [];
    this.#packed.set(value, packed);
    for (let i = 0; i < value.length; i++) packed.push(this.#packAt(i, value[i]));
    return packed;
  }

  #packMap(value: ReadonlyMap<unknown, unknown>): object {
    const packed = new Map<unknown, unknown>();
    this.#packed.set(value, packed);
    for (const [key, item] of value) {
      const step = typeof key === "string" ? key : `(key of type ${typeof key})`;
      packed.set(this.#packAt(step, key), this.#packAt(step, item));
    }
    return packed;
  }

  #packSet(value: ReadonlySet<unknown>): object {
    const packed = new Set<unknown>();
    this.#packed.set(value, packed);
    for (const item of value) packed.add(this.#packAt("(a member)", item));
    return packed;
  }

  #packBuffer(value: ArrayBuffer): ArrayBuffer {
    this.#refuseMoved(value);
    if (value.byteLength >= minTransferBytes && this.#canMove(value)) this.#moved.add(value);
    return value;
  }

  #packView(view: ArrayBufferView): ArrayBufferView {
    const packed = this.#viewToSend(view);
    this.#packed.set(view, packed);
    return Buffer.isBuffer(view) ? addTo(this.lost.buffers, packed) : packed;
  }

  #viewToSend(view: ArrayBufferView): ArrayBufferView {
    const { buffer, byteLength } = view;
    if (!(buffer instanceof ArrayBuffer)) return view;
    this.#refuseMoved(buffer);
    const isWhole = buffer.byteLength === byteLength;
    if (byteLength < minTransferBytes) return isWhole ? view : viewLike(view, copyBytes(view));
    const isMoved = isWhole && this.#canMove(buffer);
    const sent = isMoved ? buffer : copyBytes(view);
    this.#moved.add(sent);
    return isMoved ? view : viewLike(view, sent);
  }

  #canMove(buffer: ArrayBuffer): boolean {
    return this.#ownership === "give" && !isUntransferable(buffer);
  }

  /** Posting an array without memory would leave the other side waiting for ever. */
  #refuseMoved(buffer: ArrayBuffer): void {
    if (!isDetached(buffer)) return;
    const advice = "large arrays of an output are handed over: make a new one for each request";
    throw this.#refusal("an array whose memory was given away before", advice);
  }

  #refusal(found: string, reason: string = whatCrosses): ServeError {
    const path = formatFieldPath(this.#path);
    const place = path === "" ? `is ${found}` : `holds ${found} at ${path}`;
    return new ServeError(Code.opFailure, `${this.#what} ${place}; ${reason}`);
  }
}

/** Gives objects of a received message their prototypes back. */
export function restorePrototypes({ generalBlobs, buffers, bare }: LostPrototypes): void {
  for (const one of generalBlobs) Object.setPrototypeOf(one, GeneralBlob.prototype);
  for (const one of buffers) Object.setPrototypeOf(one, Buffer.prototype);
  for (const one of bare) Object.setPrototypeOf(one, null);
}

function addTo<T extends object>(list: object[], value: T): T {
  list.push(value);
  return value;
}

/** By shape, because a module of Ops may have its own copy of core; a subclass would lose what it adds. */
function isGeneralBlob(value: object): boolean {
  if (Object.getPrototypeOf(value) === GeneralBlob.prototype) return true;
  return value.constructor?.name === "GeneralBlob" && (value as Partial<GeneralBlob>).tensors instanceof Map;
}

/** Native code keeps hold of such memory. Node 20 cannot tell and clones it; later versions would throw. */
function isUntransferable(buffer: ArrayBuffer): boolean {
  const { isMarkedAsUntransferable } = workerThreads as {
    readonly isMarkedAsUntransferable?: (object: object) => boolean;
  };
  return isMarkedAsUntransferable?.(buffer) ?? false;
}

/** Node 20 has no property that says so. */
function isDetached(buffer: ArrayBuffer): boolean {
  if (buffer.byteLength > 0) return false;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

/** A view of the same type on all of `buffer`; of a Buffer, the Uint8Array it is. */
function viewLike(view: ArrayBufferView, buffer: ArrayBuffer): ArrayBufferView {
  const type = (view as Uint8Array)[Symbol.toStringTag] as "Uint8Array";
  return new globalThis[type](buffer);
}

/** By bytes, because `slice` of a Buffer is a view; in one step, because an empty buffer would be filled with zeros first. */
function copyBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): ArrayBuffer {
  return new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength)).buffer;
}
