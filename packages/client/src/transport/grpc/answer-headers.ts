import type { HeaderField } from "@paddlewheel/http2";

/** The headers and trailers of answers by name; those of one block, of which most answers have the same, are read once. */
export class AnswerHeaders {
  #head: readonly HeaderField[] = [];
  #trailers: readonly HeaderField[] = [];
  #headers: ReadonlyMap<string, string> = new Map();

  of(head: readonly HeaderField[], trailers: readonly HeaderField[]): ReadonlyMap<string, string> {
    if (head === this.#head && trailers === this.#trailers) return this.#headers;
    this.#head = head;
    this.#trailers = trailers;
    const fields = [...head, ...trailers].filter(({ name }) => !name.startsWith(":"));
    this.#headers = new Map(fields.map(({ name, value }) => [name, value]));
    return this.#headers;
  }
}
