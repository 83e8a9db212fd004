import { write, writeSync } from "node:fs";

/** Bytes collected before a write; one system call for some hundred lines. */
const flushBytes = 64 * 1024;
/** What one write to a pipe takes without another process's lines in between. Source: POSIX, PIPE_BUF; Linux has 4096. */
const pipeAtomicBytes = 4096;
/** The longest a line waits, in ms. */
const flushIntervalMs = 200;
/** What a stalled reader of the log may make us hold; further lines are dropped and counted. */
const maxHeldBytes = 8 * 1024 * 1024;

/**
 * Where log lines go: collected, written in large pieces without blocking the event loop, in order. When the reader of
 * the log stalls, lines are dropped rather than requests.
 */
export class LineSink {
  readonly #fd: number;
  readonly #maxPieceBytes: number;
  readonly #timer: NodeJS.Timeout;
  #lines: string[] = [];
  #heldLength = 0;
  /** The piece under way, and how much of it is out. */
  #piece: Buffer | undefined;
  #written = 0;
  #dropped = 0;
  #onPieceEnd: (() => void) | undefined;

  /** @param options.isShared other processes write there too: no line is to be torn by theirs. */
  constructor(fd: number, { isShared = false }: { readonly isShared?: boolean } = {}) {
    this.#fd = fd;
    this.#maxPieceBytes = isShared ? pipeAtomicBytes : Number.POSITIVE_INFINITY;
    this.#timer = setInterval(() => this.#flush(), flushIntervalMs);
    this.#timer.unref();
  }

  /** Lines that were dropped because the reader stalled. */
  get dropped(): number {
    return this.#dropped;
  }

  write(line: string): void {
    if (this.#heldLength > maxHeldBytes) {
      this.#dropped++;
      return;
    }
    this.#lines.push(line);
    this.#heldLength += line.length;
    if (this.#heldLength >= flushBytes) this.#flush();
  }

  /** Writes all that is held; write nothing after it. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#piece) {
      await new Promise<void>((resolve) => {
        this.#onPieceEnd = resolve;
      });
    }
    while (this.#lines.length > 0) writeAll(this.#fd, this.#takePiece());
  }

  #flush(): void {
    if (this.#piece || this.#lines.length === 0) return;
    this.#piece = this.#takePiece();
    this.#written = 0;
    this.#writePiece(this.#piece);
  }

  #takePiece(): Buffer {
    const lines = this.#lines.splice(0, linesWithin(this.#lines, this.#maxPieceBytes));
    return Buffer.from(lines.join(""));
  }

  #writePiece(piece: Buffer): void {
    write(this.#fd, piece, this.#written, (error, count) => {
      if (error && error.code !== "EAGAIN") {
        // Nobody reads the log any more: nothing better can be done with it.
        this.#endPiece();
        return;
      }
      this.#written += count ?? 0;
      if (error) setTimeout(() => this.#writePiece(piece), flushIntervalMs);
      else if (this.#written < piece.length) this.#writePiece(piece);
      else this.#endPiece();
    });
  }

  #endPiece(): void {
    this.#piece = undefined;
    this.#onPieceEnd?.();
    this.#heldLength = this.#lines.reduce((sum, line) => sum + line.length, 0);
    const isCutShort = this.#lines.length > 0 && this.#maxPieceBytes < flushBytes;
    if ((isCutShort || this.#heldLength >= flushBytes) && !this.#onPieceEnd) this.#flush();
  }
}

/** How many lines one piece takes: a longer one goes alone. */
export function linesWithin(lines: readonly string[], maxBytes: number): number {
  if (maxBytes === Number.POSITIVE_INFINITY) return lines.length;
  let bytes = 0;
  const beyond = lines.findIndex((line) => {
    bytes += Buffer.byteLength(line);
    return bytes > maxBytes;
  });
  return beyond === -1 ? lines.length : Math.max(beyond, 1);
}

/** Writes what it can; a reader that is gone or stalls at the end of the process gets no more. */
function writeAll(fd: number, bytes: Buffer): void {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(fd, bytes, written);
  } catch {
    // The process ends: there is nowhere left to say it.
  }
}
