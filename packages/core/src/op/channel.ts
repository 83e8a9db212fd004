import { Code } from "../code.js";
import { ServeError } from "../serve-error.js";

/**
 * The output slot of one Op in one request. It is filled at most once per request and emptied when its last reader has
 * ended; an Op that was skipped or chose to give nothing leaves it absent.
 */
export class Channel<T = unknown> {
  /** Id of the node that owns it; 0 is the request. */
  readonly id: number;
  readonly name: string;
  #data: T | undefined;

  constructor(id: number, name: string) {
    this.id = id;
    this.name = name;
  }

  get isAbsent(): boolean {
    return this.#data === undefined;
  }

  /** @throws ServeError internal when nothing has been written. */
  get data(): T {
    if (this.#data === undefined) {
      throw new ServeError(Code.internal, `the output of "${this.name}" is absent`);
    }
    return this.#data;
  }

  set data(value: T) {
    this.#data = value;
  }

  /** What has been written; undefined when nothing has. */
  peek(): T | undefined {
    return this.#data;
  }

  clear(): void {
    this.#data = undefined;
  }
}
