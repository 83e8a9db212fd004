import { Code, ServeError } from "@paddlewheel/core";

const backslash = 0x5c;

/** Bytes of the escapes of one letter. */
const letterBytes: Readonly<Record<string, number>> = {
  a: 0x07,
  b: 0x08,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
  v: 0x0b,
  "?": 0x3f,
  "\\": 0x5c,
  "'": 0x27,
  '"': 0x22,
};

/**
 * The bytes of a string literal, given without its quotes. Source: the Text Format Language Specification of protobuf.
 * @throws ServeError malformedRequest for an escape that is none.
 */
export function unescapeBytes(source: string): Buffer {
  const bytes = Buffer.from(source);
  return source.includes("\\") ? new Unescaping(bytes).run() : bytes;
}

/** Replaces escapes by what they mean, in place: none is shorter than that. */
class Unescaping {
  readonly #bytes: Buffer;
  #from = 0;
  #to = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  run(): Buffer {
    while (this.#from < this.#bytes.length) {
      const byte = this.#bytes[this.#from++] ?? 0;
      if (byte === backslash) this.#escape();
      else this.#put(byte);
    }
    return this.#bytes.subarray(0, this.#to);
  }

  #escape(): void {
    const letter = this.#letter();
    const byte = letterBytes[letter];
    const isOctal = letter >= "0" && letter <= "7";
    if (!isOctal) this.#from++;
    if (isOctal) this.#put(this.#byteOf(this.#digits(8, 3)));
    else if (byte !== undefined) this.#put(byte);
    else if (letter === "x" || letter === "X") this.#put(Number.parseInt(this.#digits(16, 2), 16));
    else if (letter === "u" || letter === "U") this.#text(this.#codePoint(letter === "u" ? 4 : 8));
    else throw malformed("a backslash begins no escape; write two for one");
  }

  #codePoint(digits: number): number {
    const text = this.#digits(16, digits);
    const codePoint = Number.parseInt(text, 16);
    if (text.length < digits || codePoint > 0x10ffff) throw malformed("an escape names no character");
    if (digits !== 4 || codePoint < 0xd800 || codePoint > 0xdbff || this.#letter() !== "\\") return codePoint;
    // The second half of a surrogate pair is an escape of its own.
    this.#from++;
    if (this.#letter() !== "u") throw malformed(halfPair);
    this.#from++;
    const low = Number.parseInt(this.#digits(16, 4), 16);
    return String.fromCharCode(codePoint, low).codePointAt(0) ?? codePoint;
  }

  #text(codePoint: number): void {
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) throw malformed(halfPair);
    this.#to += this.#bytes.write(String.fromCodePoint(codePoint), this.#to);
  }

  /** At most `count` digits, and at least one. */
  #digits(radix: 8 | 16, count: number): string {
    const isDigit = radix === 8 ? /[0-7]/ : /[0-9a-fA-F]/;
    const start = this.#from;
    while (this.#from < start + count && isDigit.test(this.#letter())) this.#from++;
    if (this.#from === start) throw malformed("an escape has no digits");
    return this.#bytes.toString("latin1", start, this.#from);
  }

  #byteOf(octal: string): number {
    const byte = Number.parseInt(octal, 8);
    if (byte > 0xff) throw malformed(`the escape \\${octal} is no byte`);
    return byte;
  }

  #letter(): string {
    return String.fromCharCode(this.#bytes[this.#from] ?? 0);
  }

  #put(byte: number): void {
    this.#bytes[this.#to++] = byte;
  }
}

const halfPair = "half of a surrogate pair is not text";

const printedLetters: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  '"': '\\"',
  "\\": "\\\\",
};

/** A string literal as protobuf prints it: what is not ASCII byte by byte. */
export function escapeBytes(bytes: Uint8Array): string {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const escaped = latin1.replace(
    /[^ !#-[\]-~]/g,
    (char) => printedLetters[char] ?? `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
  return `"${escaped}"`;
}

function malformed(message: string): ServeError {
  return new ServeError(Code.malformedRequest, message);
}
