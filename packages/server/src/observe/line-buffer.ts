/** A buffer that had to hold more than this gives its memory back when it is emptied. */
const keptBytes = 128 * 1024;

/** What is so short is written here: a call out of JavaScript takes longer than its bytes. */
const maxShortBytes = 12;

/** Largest number whose digits are written here: its arithmetic stays within 32 bits. */
const maxPlainNumber = 999_999_999;

const noBytes: Buffer = Buffer.alloc(0);
const quoteCode = 0x22;
const backslashCode = 0x5c;
const zeroCode = 0x30;

/** Lines of a log as bytes, side by side. A line is written part by part, so that none has to be a string first. */
export class LineBuffer {
  #bytes: Buffer = noBytes;
  #length = 0;

  /** Bytes it holds. */
  get length(): number {
    return this.#length;
  }

  /** What it holds, until it is written to or cleared. */
  get held(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > keptBytes) this.#bytes = noBytes;
  }

  bytes(bytes: Uint8Array): void {
    const { length } = bytes;
    const start = this.#take(length);
    const target = this.#bytes;
    if (length > maxShortBytes) target.set(bytes, start);
    else for (let i = 0; i < length; i++) target[start + i] = bytes[i] ?? 0;
  }

  /** In UTF-8. */
  text(text: string): void {
    const start = this.#take(Buffer.byteLength(text));
    this.#bytes.write(text, start, "utf8");
  }

  /** As a string of JSON. Most texts have nothing to escape, and seeing that takes less than asking. */
  json(text: string): void {
    const before = this.#length;
    const start = this.#take(text.length + 2);
    const bytes = this.#bytes;
    bytes[start] = quoteCode;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code < 0x20 || code > 0x7e || code === quoteCode || code === backslashCode) {
        this.#length = before;
        this.text(JSON.stringify(text));
        return;
      }
      bytes[start + i + 1] = code;
    }
    bytes[this.#length - 1] = quoteCode;
  }

  /** As a number of JSON. */
  number(value: number): void {
    if (!(Number.isInteger(value) && value >= 0 && value <= maxPlainNumber)) {
      this.text(String(value));
      return;
    }
    const start = this.#take(countDigits(value));
    const bytes = this.#bytes;
    let left = value;
    for (let at = this.#length - 1; at >= start; at--) {
      const tenth = (left / 10) | 0;
      bytes[at] = zeroCode + left - 10 * tenth;
      left = tenth;
    }
  }

  /** Makes room for so many bytes, which the caller fills; gives where they begin. */
  #take(size: number): number {
    const start = this.#length;
    if (start + size > this.#bytes.length) this.#grow(start + size);
    this.#length = start + size;
    return start;
  }

  #grow(wanted: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * wanted, keptBytes));
    grown.set(this.held);
    this.#bytes = grown;
  }
}

function countDigits(value: number): number {
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits++;
  return digits;
}
