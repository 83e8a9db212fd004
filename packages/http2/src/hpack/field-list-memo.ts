import type { HeaderField } from "./header-field.js";

/** Lists that a connection sends again and again: the head and the trailers of each method's answer, or its request. */
const slots = 16;

/**
 * The blocks of recent field lists, by the identity of the list, for one state of the dynamic table: all is forgotten
 * when a block is kept for another state. The oldest goes first.
 */
export class FieldListMemo {
  readonly #lists: (readonly HeaderField[] | undefined)[] = new Array(slots).fill(undefined);
  readonly #blocks: (Uint8Array | undefined)[] = new Array(slots).fill(undefined);
  #next = 0;
  #generation = 0;

  find(list: readonly HeaderField[], generation: number): Uint8Array | undefined {
    if (generation !== this.#generation) return undefined;
    const slot = this.#lists.indexOf(list);
    return slot < 0 ? undefined : this.#blocks[slot];
  }

  keep(list: readonly HeaderField[], generation: number, block: Uint8Array): void {
    if (generation !== this.#generation) {
      this.#lists.fill(undefined);
      this.#blocks.fill(undefined);
      this.#generation = generation;
    }
    this.#lists[this.#next] = list;
    this.#blocks[this.#next] = block;
    this.#next = (this.#next + 1) % slots;
  }
}
