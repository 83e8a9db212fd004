import { type FileHandle, open } from "node:fs/promises";

/** Bytes of a file. */
export interface FileRange {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** Files open for reading, each once, until all are closed. */
export class OpenFiles implements AsyncDisposable {
  readonly #files = new Map<string, Promise<FileHandle>>();

  get(path: string): Promise<FileHandle> {
    const known = this.#files.get(path) ?? open(path, "r");
    this.#files.set(path, known);
    return known;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const opened of await Promise.allSettled(this.#files.values())) {
      if (opened.status === "fulfilled") await opened.value.close();
    }
  }
}
