import type { LoadProgress } from "@paddlewheel/inference";
import type { TextStream } from "../terminal.js";

/** Carriage return, and ECMA-48's "erase in line". */
const eraseLine = "\r\x1b[2K";

/** One line on a terminal that says which model loads; nothing anywhere else, where the log tells it. */
export class LoadProgressLine {
  readonly #stream: TextStream;
  #isShown = false;

  constructor(stream: TextStream) {
    this.#stream = stream;
  }

  show(progress: LoadProgress): void {
    if (!this.#stream.isTerminal) return;
    this.clear();
    if (progress.kind !== "loading") return;
    const { engine, index, total } = progress;
    this.#stream.write(this.#stream.style("dim", `loading ${engine} (${index + 1} of ${total}) ...`));
    this.#isShown = true;
  }

  clear(): void {
    if (this.#isShown) this.#stream.write(eraseLine);
    this.#isShown = false;
  }
}
