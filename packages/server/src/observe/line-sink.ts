import { write, writeSync } from "node:fs";
import { LineBuffer } from "./line-buffer.js";

/** Bytes collected before a write; one system call for some hundred lines. */
const flushBytes = 64 * 1024;
/** What one write to a pipe takes without another process's lines in between. Source: POSIX, PIPE_BUF; Linux has 4096. */
const pipeAtomicBytes = 4096;
/** The longest a line waits, in ms. */
const flushIntervalMs = 200;
/** What a stalled reader of the log may make us hold; further lines are dropped and counted. */
const maxHeldBytes = 8 * 1024 * 1024;

const newLine = 0x0a;

/**
 * Where log lines go: collected, written in large pieces without blocking the event loop, in order. When the reader of
 * the log stalls, lines are dropped rather than requests.
 */
export class LineSink {
  readonly #fd: number;
  readonly #maxWriteBytes: number;
  readonly #timer: NodeJS.Timeout;
  /** Takes the lines that come. */
  #waiting = new LineBuffer();
  /** What is being written, and how much of it is out. */
  #leaving = new LineBuffer();
  #isWriting = false;
  #written = 0;
  #dropped = 0;
  #onWritten: (() => void) | undefined;

  /** @param options.isShared other processes write there too: no line is to be torn by theirs. */
  constructor(fd: number, { isShared = false }: { readonly isShared?: boolean } = {}) {
    this.#fd = fd;
    this.#maxWriteBytes = isShared ? pipeAtomicBytes : Number.POSITIVE_INFINITY;
    this.#timer = setInterval(() => this.#flush(), flushIntervalMs);
    this.#timer.unref();
  }

  /** Lines that were dropped because the reader stalled. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a line with its end. */
  write(line: string): void {
    const lines = this.begin();
    if (!lines) return;
    lines.text(line);
    this.end();
  }

  /** Where to write one line, with its end, before `end` is called; undefined when it is dropped. */
  begin(): LineBuffer | undefined {
    if (this.#waiting.length <= maxHeldBytes) return this.#waiting;
    this.#dropped++;
    return undefined;
  }

  /** The line that was begun is whole. */
  end(): void {
    if (this.#waiting.length >= flushBytes) this.#flush();
  }

  /** Writes all that is held; write nothing after it. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#isWriting) {
      await new Promise<void>((resolve) => {
        this.#onWritten = resolve;
      });
    }
    this.#writeAll(this.#waiting.held);
    this.#waiting.clear();
  }

  #flush(): void {
    if (this.#isWriting || this.#waiting.length === 0) return;
    [this.#waiting, this.#leaving] = [this.#leaving, this.#waiting];
    this.#isWriting = true;
    this.#written = 0;
    this.#writeOn(this.#leaving.held);
  }

  #writeOn(bytes: Buffer): void {
    const length = linesWithin(bytes, this.#written, this.#maxWriteBytes);
    write(this.#fd, bytes, this.#written, length, null, (error, count) => {
      if (error && error.code !== "EAGAIN") {
        // Nobody reads the log any more: nothing better can be done with it.
        this.#endWrite();
        return;
      }
      this.#written += count ?? 0;
      if (error) setTimeout(() => this.#writeOn(bytes), flushIntervalMs);
      else if (this.#written < bytes.length) this.#writeOn(bytes);
      else this.#endWrite();
    });
  }

  #endWrite(): void {
    this.#isWriting = false;
    this.#leaving.clear();
    if (this.#onWritten) this.#onWritten();
    else this.end();
  }

  /** Writes what it can; a reader that is gone or stalls at the end of the process gets no more. */
  #writeAll(bytes: Buffer): void {
    let written = 0;
    try {
      while (written < bytes.length) {
        written += writeSync(this.#fd, bytes, written, linesWithin(bytes, written, this.#maxWriteBytes));
      }
    } catch {
      // The process ends: there is nowhere left to say it.
    }
  }
}

/** How many bytes from `start` on make up the whole lines that fit in `maxBytes`; a longer line goes alone. */
export function linesWithin(bytes: Uint8Array, start: number, maxBytes: number): number {
  if (bytes.length - start <= maxBytes) return bytes.length - start;
  const last = bytes.lastIndexOf(newLine, start + maxBytes - 1);
  return (last >= start ? last : bytes.indexOf(newLine, start)) + 1 - start;
}
