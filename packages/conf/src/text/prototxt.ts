import { type ScannedPrototxt, scanPrototxt, type Token } from "./prototxt-tokens.js";
import { textLimits } from "./text-limits.js";
import type { ParsedText, SyntaxFault, TreeField, TreeMessage, TreeValue } from "./tree.js";

const closerOf: Readonly<Record<string, string>> = { "{": "}", "<": ">" };
const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Reads protobuf text format into a tree, without a schema. It goes on after a fault at the next line, so that one
 * reading finds all faults. Time is linear in the length of the text, whatever it holds.
 */
export function parsePrototxt(text: string): ParsedText {
  return new Parser(scanPrototxt(text)).parse();
}

/** The parser's own note that a fault was recorded and this field is lost. */
const lost = Symbol("lost");

class Parser {
  readonly #tokens: readonly Token[];
  readonly #faults: SyntaxFault[];
  readonly #end: Token;
  #at = 0;
  /** Set when a limit was reached: nothing after it is read, and what is absent is no fault. */
  #isCut: boolean;

  constructor({ tokens, faults, isCut }: ScannedPrototxt) {
    this.#tokens = tokens;
    this.#faults = [...faults];
    this.#isCut = isCut;
    this.#end = tokens.at(-1) ?? { kind: "end", text: "", line: 1 };
  }

  parse(): ParsedText {
    const tree = this.#message(undefined, 0);
    if (this.#isCut) {
      this.#faults.push({ line: this.#end.line, message: "the rest of the file was not read" });
    }
    return { tree, faults: this.#faults };
  }

  /** Fields up to the closer of `opener`, or to the end of the text. */
  #message(opener: Token | undefined, depth: number): TreeMessage {
    const closer = opener ? closerOf[opener.text] : undefined;
    const fields: TreeField[] = [];
    let isWhole = true;
    for (;;) {
      const token = this.#peek();
      if (token.kind === "end") {
        if (opener) this.#fault(opener.line, `"${opener.text}" is never closed`);
        if (opener || this.#isCut) isWhole = false;
        break;
      }
      if (isCloser(token)) {
        this.#at++;
        if (token.text === closer) break;
        isWhole = false;
        this.#fault(token.line, unexpectedCloser(token, opener));
        if (opener) break;
        continue;
      }
      const field = this.#field(depth);
      if (field === lost) isWhole = false;
      else fields.push(field);
    }
    return { kind: "message", notation: "prototxt", line: opener?.line ?? 1, fields, isWhole };
  }

  #field(depth: number): TreeField | typeof lost {
    const name = this.#peek();
    if (name.kind !== "plain" || !identifier.test(name.text)) {
      return this.#skip(name.line, `expected the name of a field, not ${show(name)}`);
    }
    this.#at++;
    const hasColon = this.#take(":");
    const value = this.#value(name, hasColon, depth);
    if (value === lost) return lost;
    if (!this.#take(",")) this.#take(";");
    return { name: name.text, line: name.line, value };
  }

  #value(name: Token, hasColon: boolean, depth: number): TreeValue | typeof lost {
    const token = this.#peek();
    if (isOpener(token)) return this.#nested(depth);
    if (token.kind === "punctuation" && token.text === "[")
      return this.#list(name, { isBare: !hasColon, depth });
    if (token.kind === "end" || token.kind === "punctuation" || this.#startsField(name)) {
      this.#fault(name.line, `"${name.text}" has no value`);
      return lost;
    }
    if (!hasColon) this.#fault(name.line, `":" is missing after "${name.text}"`);
    return this.#scalar();
  }

  /** A word on a later line that is itself followed by a value is the next field, not the value of this one. */
  #startsField(name: Token): boolean {
    const token = this.#peek();
    if (token.kind !== "plain" || token.line === name.line || !identifier.test(token.text)) return false;
    const next = this.#tokens[this.#at + 1] ?? this.#end;
    return isOpener(next) || (next.kind === "punctuation" && next.text === ":");
  }

  #nested(depth: number): TreeMessage | typeof lost {
    const opener = this.#peek();
    if (depth >= textLimits.maxDepth) {
      this.#fault(opener.line, `nested deeper than ${textLimits.maxDepth}`);
      this.#cut();
      return lost;
    }
    this.#at++;
    return this.#message(opener, depth + 1);
  }

  #list(name: Token, { isBare, depth }: { isBare: boolean; depth: number }): TreeValue | typeof lost {
    const line = this.#peek().line;
    this.#at++;
    const items: TreeValue[] = [];
    if (this.#take("]")) return { kind: "list", line, isBare, items };
    do {
      const token = this.#peek();
      const isNested = isOpener(token);
      if (!isNested && (token.kind === "punctuation" || token.kind === "end")) {
        return this.#skip(token.line, `expected a value of the list "${name.text}", not ${show(token)}`);
      }
      const item = isNested ? this.#nested(depth) : this.#scalar();
      if (item === lost) return lost;
      items.push(item);
    } while (this.#take(","));
    if (this.#take("]")) return { kind: "list", line, isBare, items };
    return this.#skip(line, `the list "${name.text}" is not closed`);
  }

  /** One word or number, or all strings that stand side by side: they are one string. */
  #scalar(): TreeValue | typeof lost {
    const first = this.#peek();
    this.#at++;
    if (first.kind === "broken") return lost;
    let source = first.text;
    if (first.kind === "plain" && source === "-" && this.#peek().kind === "plain") {
      source += this.#peek().text;
      this.#at++;
    }
    const parts = [source];
    while (first.kind === "string" && (this.#peek().kind === "string" || this.#peek().kind === "broken")) {
      if (this.#peek().kind === "broken") return this.#scalar();
      parts.push(this.#peek().text);
      this.#at++;
    }
    return { kind: "scalar", notation: "prototxt", line: first.line, source: parts.join(" ") };
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? this.#end;
  }

  #take(punctuation: string): boolean {
    const token = this.#peek();
    if (token.kind !== "punctuation" || token.text !== punctuation) return false;
    this.#at++;
    return true;
  }

  /** Records the fault and leaves out what is left of its line, whole `{ … }` included. */
  #skip(line: number, message: string): typeof lost {
    this.#fault(line, message);
    const last = Math.max(line, this.#peek().line);
    let open = 0;
    for (let token = this.#peek(); token.kind !== "end"; token = this.#peek()) {
      if (open === 0 && (token.line > last || isCloser(token))) break;
      if (isOpener(token)) open++;
      if (isCloser(token)) open--;
      this.#at++;
    }
    return lost;
  }

  #fault(line: number, message: string): void {
    if (this.#isCut) return;
    this.#faults.push({ line, message });
    if (this.#faults.length >= textLimits.maxSyntaxFaults) this.#cut();
  }

  #cut(): void {
    this.#isCut = true;
    this.#at = this.#tokens.length;
  }
}

function isOpener(token: Token): boolean {
  return token.kind === "punctuation" && (token.text === "{" || token.text === "<");
}

function isCloser(token: Token): boolean {
  return token.kind === "punctuation" && (token.text === "}" || token.text === ">");
}

function unexpectedCloser(token: Token, opener: Token | undefined): string {
  if (!opener) return `"${token.text}" closes nothing`;
  return `"${token.text}" cannot close the "${opener.text}" of line ${opener.line}`;
}

function show(token: Token): string {
  if (token.kind === "end") return "the end of the file";
  return token.text.length > 40 ? `${token.text.slice(0, 40)}…` : token.text;
}
