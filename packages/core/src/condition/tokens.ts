import { quoteValue } from "../quote-value.js";

/** Longest condition or path: several screens of it, and every pass over it is over at once. */
const maxLength = 1024;

export interface Token {
  readonly kind: "name" | "number" | "quoted" | "symbol" | "end";
  /** As written, for `quoted` without the quotes. */
  readonly text: string;
  /** Of its first character, from 1. */
  readonly column: number;
}

/** Words that cannot be names without quotes, in any case: `True` is always a mistake for `true`. */
const reserved = new Set(["and", "or", "not", "true", "false"]);

export function isReserved(text: string): boolean {
  return reserved.has(text.toLowerCase());
}

/** What other languages write, and what to say of it. */
const mistakes = new Map(
  Object.entries({
    "=": 'did you mean "=="?',
    "===": 'did you mean "=="?',
    "!==": 'did you mean "!="?',
    "<>": 'did you mean "!="?',
    "=<": 'did you mean "<="?',
    "=>": 'did you mean ">="?',
    "&&": 'did you mean "and"?',
    "||": 'did you mean "or"?',
    "!": 'did you mean "not"?',
    "+": "there is no arithmetic",
    "-": "there is no arithmetic",
    "*": "there is no arithmetic",
    "/": "there is no arithmetic",
    '"': "the quote is not closed",
    "'": "the quote is not closed",
  }),
);

/** The one way out of a parser: its message is the fault. */
class SyntaxFault extends Error {}

/** What `parse` makes of the tokens of a text, all of which it must take, or the fault it met. */
export function parseTokens<T>(
  source: string,
  parse: (tokens: TokenReader) => T,
): T | { readonly fault: string } {
  if (source.length > maxLength) {
    return { fault: `the text has ${source.length} characters, at most ${maxLength} are allowed` };
  }
  try {
    return parse(new TokenReader(scanTokens(source)));
  } catch (error) {
    if (error instanceof SyntaxFault) return { fault: error.message };
    throw error;
  }
}

/** The tokens of a text, one after another. */
export class TokenReader {
  readonly #tokens: Iterator<Token, Token>;
  #token: Token;

  constructor(tokens: Iterator<Token, Token>) {
    this.#tokens = tokens;
    this.#token = tokens.next().value;
  }

  /** The first token not taken. */
  get token(): Token {
    return this.#token;
  }

  take(): Token {
    const taken = this.#token;
    this.#token = this.#tokens.next().value;
    return taken;
  }

  /** Whether a name or symbol of this text comes next. */
  is(text: string): boolean {
    return this.#token.text === text && this.#token.kind !== "quoted";
  }

  takeIf(text: string): boolean {
    const found = this.is(text);
    if (found) this.take();
    return found;
  }

  expect(text: string): void {
    if (!this.takeIf(text)) throw this.unexpected(`"${text}"`);
  }

  /** The fault of a token that is not what must come next. */
  unexpected(expected: string, hint: string | undefined = hintOf(this.#token)): Error {
    const found = this.#token.kind === "end" ? "the end" : quoteValue(this.#token.text);
    return this.fault(`expected ${expected}, found ${found}${hint === undefined ? "" : `: ${hint}`}`);
  }

  fault(message: string, { column }: { readonly column: number } = this.#token): Error {
    return new SyntaxFault(`column ${column}: ${message}`);
  }
}

function hintOf({ kind, text }: Token): string | undefined {
  if (kind === "symbol") return mistakes.get(text);
  const isMiscased = kind === "name" && isReserved(text) && !reserved.has(text);
  return isMiscased ? `did you mean "${text.toLowerCase()}"?` : undefined;
}

const blank = /\s*/y;
/** In this order; the last takes whatever the others leave, so that scanning never fails and the parser says why. */
const patterns = [
  ["name", /[A-Za-z_][A-Za-z0-9_-]*/y],
  ["number", /-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y],
  ["quoted", /"[^"]*"|'[^']*'/y],
  ["symbol", /[=!<>&|]+|./suy],
] as const;

/** Ends with, and then repeats, an `end` token. */
function* scanTokens(source: string): Generator<Token, Token> {
  let at = skip(blank, source, 0);
  while (at < source.length) {
    for (const [kind, pattern] of patterns) {
      const end = skip(pattern, source, at);
      if (end === at) continue;
      const text = kind === "quoted" ? source.slice(at + 1, end - 1) : source.slice(at, end);
      yield { kind, text, column: at + 1 };
      at = skip(blank, source, end);
      break;
    }
  }
  const end: Token = { kind: "end", text: "", column: source.length + 1 };
  while (true) yield end;
}

/** Where a match that begins at `at` ends; `at` when there is none. */
function skip(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : at;
}
