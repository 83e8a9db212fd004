import { Code, ServeError } from "@paddlewheel/core";

/** `word` and `number` by their first character; `mark` is one character of punctuation. */
export type TokenKind = "word" | "number" | "string" | "mark" | "end";

const newline = 0x0a;
const quote = 0x22;
const apostrophe = 0x27;
const hash = 0x23;
const backslash = 0x5c;

/**
 * Cuts protobuf's text format into tokens, one at a time, in one walk over the text.
 * Source: the Text Format Language Specification of protobuf.
 */
export class TextScanner {
  kind: TokenKind = "end";
  /** The token as it is written; of a string what is between its quotes. */
  token = "";
  /** Of the token, from 1. */
  line = 1;
  readonly #text: string;
  #at = 0;

  /** Stands before the first token. */
  constructor(text: string) {
    this.#text = text;
  }

  /** @throws ServeError malformedRequest for a string that is not closed on its line. */
  next(): void {
    this.#skipBlank();
    const start = this.#at;
    const char = this.#text.charCodeAt(start);
    if (start >= this.#text.length) this.#accept("end", start, start);
    else if (char === quote || char === apostrophe) this.#string(char);
    else if (isWordStart(char)) this.#accept("word", start, this.#endOf(isWordPart));
    else if (isDigit(char) || (char === 0x2e && isDigit(this.#text.charCodeAt(start + 1)))) {
      this.#accept("number", start, this.#numberEnd());
    } else this.#accept("mark", start, start + 1);
  }

  isMark(mark: string): boolean {
    return this.kind === "mark" && this.token === mark;
  }

  #accept(kind: TokenKind, start: number, end: number): void {
    this.kind = kind;
    this.token = this.#text.slice(start, end);
    this.#at = end;
  }

  #skipBlank(): void {
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text.charCodeAt(this.#at);
      if (char === newline) this.line++;
      else if (char === hash) this.#at = this.#lineEnd() - 1;
      else if (!isBlank(char)) return;
    }
  }

  #lineEnd(): number {
    const end = this.#text.indexOf("\n", this.#at);
    return end < 0 ? this.#text.length : end;
  }

  #string(delimiter: number): void {
    const start = this.#at + 1;
    for (let end = start; end < this.#text.length; end++) {
      const char = this.#text.charCodeAt(end);
      if (char === newline) break;
      if (char === backslash) end++;
      else if (char === delimiter) {
        this.#accept("string", start, end);
        this.#at++;
        return;
      }
    }
    throw new ServeError(Code.malformedRequest, "a string is not closed on its line");
  }

  #endOf(isPart: (char: number) => boolean): number {
    let end = this.#at + 1;
    while (isPart(this.#text.charCodeAt(end))) end++;
    return end;
  }

  /** Takes the sign of an exponent along; what follows a number without a space belongs to it, and makes it none. */
  #numberEnd(): number {
    const isHex = /^0[xX]/.test(this.#text.slice(this.#at, this.#at + 2));
    let end = this.#at + 1;
    for (; ; end++) {
      const char = this.#text.charCodeAt(end);
      const isSign = !isHex && (char === 0x2b || char === 0x2d) && isExponent(this.#text.charCodeAt(end - 1));
      if (!isWordPart(char) && char !== 0x2e && !isSign) return end;
    }
  }
}

function isBlank(char: number): boolean {
  return char === 0x20 || (char >= 0x09 && char <= 0x0d);
}

function isDigit(char: number): boolean {
  return char >= 0x30 && char <= 0x39;
}

function isWordStart(char: number): boolean {
  return (char >= 0x61 && char <= 0x7a) || (char >= 0x41 && char <= 0x5a) || char === 0x5f;
}

function isWordPart(char: number): boolean {
  return isWordStart(char) || isDigit(char);
}

function isExponent(char: number): boolean {
  return char === 0x65 || char === 0x45;
}
