import { textLimits } from "./text-limits.js";
import type { SyntaxFault } from "./tree.js";

/** `plain` is a word or number; `broken` stands where a string was not closed. */
export type TokenKind = "plain" | "string" | "punctuation" | "broken" | "end";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly line: number;
}

/** Alternatives start with different characters, so matching is linear. */
const pattern =
  /(?<space>[ \t\v\f\r]+|#[^\n]*)|(?<newline>\n)|(?<string>"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*')|(?<open>["'][^\n]*)|(?<punctuation>[{}<>[\]:,;])|(?<plain>[^\s#"'{}<>:[\],;]+)|(?<other>.)/suy;

export interface ScannedPrototxt {
  /** The last is always `end`. */
  readonly tokens: readonly Token[];
  readonly faults: readonly SyntaxFault[];
  /** Whether a limit stopped the scanner before the end of the text. */
  readonly isCut: boolean;
}

/** Cuts prototxt into tokens. Faults do not stop it, reaching a limit does. */
export function scanPrototxt(text: string): ScannedPrototxt {
  const tokens: Token[] = [];
  const faults: SyntaxFault[] = [];
  let line = 1;
  let isCut = false;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const { newline, string, open, punctuation, plain, other } = match.groups ?? {};
    if (newline) line++;
    else if (string) tokens.push({ kind: "string", text: string, line });
    else if (punctuation) tokens.push({ kind: "punctuation", text: punctuation, line });
    else if (plain) tokens.push({ kind: "plain", text: plain, line });
    else if (open) {
      tokens.push({ kind: "broken", text: open, line });
      faults.push({ line, message: "the string is not closed on its line" });
    } else if (other) {
      faults.push({ line, message: `illegal character ${codePoint(other)}` });
    }
    if (tokens.length > textLimits.maxTokens) {
      faults.push({ line, message: `more than ${textLimits.maxTokens} tokens: no conf file needs as many` });
      isCut = true;
    }
    if (faults.length >= textLimits.maxSyntaxFaults) isCut = true;
    if (isCut) break;
  }
  tokens.push({ kind: "end", text: "", line });
  return { tokens, faults, isCut };
}

/** Shown by number: what is illegal here is mostly invisible. */
function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
