import { Code, ServeError } from "@paddlewheel/core/message";
import { wireLimits } from "../wire-limits.js";

/** An integer too long for a JavaScript number: `{ [longInteger]: "12345678901234567" }`. */
export const longInteger = "\u0000integer";

/** As many digits are always exact in a double. */
const exactDigits = 15;

/**
 * Digits enough for a long integer, behind what an integer follows in a list or an object. Most texts hold none, which is
 * seen four times as fast as by a walk over their characters.
 */
const longDigits = new RegExp(`[-,:[\\s]\\d{${exactDigits + 1}}`);

/** What decides how deep a text is nested: brackets, and quotes, behind which they are text. */
const nesting = /["[\]{}]/g;

const zero = 0x30;
const nine = 0x39;
const minus = 0x2d;
const quote = 0x22;
const backslash = 0x5c;

/**
 * Reads JSON without losing a digit: integers of 16 digits and more come as `longInteger` objects. Empty text is an
 * empty object, as brpc reads an empty body as an empty message.
 * @throws ServeError malformedRequest when the text is not JSON or nests deeper than `wireLimits.maxJsonDepth`.
 */
export function parseJson(text: string): unknown {
  if (text.trim() === "") return {};
  checkDepth(text);
  const exactText = longDigits.test(text) ? wrapLongIntegers(text) : text;
  try {
    return JSON.parse(exactText);
  } catch {
    throw notJson(text);
  }
}

/** The parser's own words, about the text as it was sent. */
function notJson(text: string): ServeError {
  let reason = "";
  try {
    JSON.parse(text);
  } catch (error) {
    reason = error instanceof Error ? `: ${error.message}` : "";
  }
  return new ServeError(Code.malformedRequest, `the text is not JSON${reason}`);
}

function checkDepth(text: string): void {
  // A list of numbers, however long, has a few brackets.
  const most = wireLimits.maxJsonDepth;
  if (countUpTo(most + 1, "[", text) + countUpTo(most + 1, "{", text) <= most) return;
  let depth = 0;
  nesting.lastIndex = 0;
  while (nesting.test(text)) {
    const char = text.charCodeAt(nesting.lastIndex - 1);
    if (char === quote) nesting.lastIndex = stringEnd(text, nesting.lastIndex);
    else if (!isOpening(char)) depth--;
    else if (++depth > most) throw tooDeep();
  }
}

/** How often `char` is in the text; looks for no more than `most`. */
function countUpTo(most: number, char: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(char); at !== -1 && count < most; at = text.indexOf(char, at + 1)) count++;
  return count;
}

/** One walk over the text: wraps long integers where a number may stand. */
function wrapLongIntegers(text: string): string {
  const pieces: string[] = [];
  let copied = 0;
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char >= zero && char <= nine) {
      digits++;
      continue;
    }
    if (digits > exactDigits && isInteger(text, i - digits, i)) {
      const start = text.charCodeAt(i - digits - 1) === minus ? i - digits - 1 : i - digits;
      pieces.push(text.slice(copied, start), `{"\\u0000integer":"${text.slice(start, i)}"}`);
      copied = i;
    }
    digits = 0;
    if (char === quote) i = stringEnd(text, i + 1) - 1;
  }
  return pieces.length === 0 ? text : pieces.join("") + text.slice(copied);
}

/** Whether these digits are a number by themselves, not the fraction, the exponent or another part of one. */
function isInteger(text: string, start: number, end: number): boolean {
  const before = text.charCodeAt(start - 1);
  if (isNumberSign(before) || text.charCodeAt(start) === zero || isNumberSign(text.charCodeAt(end)))
    return false;
  return before !== minus || !isNumberSign(text.charCodeAt(start - 2));
}

/** What joins digits to one number beside `-`: `.`, `e`, `E` and `+`. */
function isNumberSign(char: number): boolean {
  return char === 0x2e || char === 0x65 || char === 0x45 || char === 0x2b;
}

function isOpening(char: number): boolean {
  return char === 0x5b || char === 0x7b;
}

/** The index after the closing quote: the first with an even number of backslashes before it. */
function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === backslash) backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

function tooDeep(): ServeError {
  return new ServeError(
    Code.malformedRequest,
    `the JSON is nested deeper than ${wireLimits.maxJsonDepth} levels`,
  );
}
