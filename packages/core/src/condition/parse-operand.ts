import { nearestNameHint } from "../nearest-name.js";
import type { Operand } from "./comparison.js";
import type { OutputPath } from "./field-path.js";
import { takePath, takeSteps } from "./parse-field-path.js";
import { isFieldPresent, readFieldPath } from "./read-field-path.js";
import { reductions } from "./reduction.js";
import { type Scalar, scalarOf, scalarType } from "./scalar.js";
import { isReserved, type Token, type TokenReader } from "./tokens.js";

/** Takes a side of a comparison; `expected` says what the fault calls it. */
export function takeOperand(tokens: TokenReader, expected: string): Operand {
  const { kind, text } = tokens.token;
  if (kind === "number") return takeNumber(tokens);
  if (kind === "quoted") return takeQuoted(tokens);
  if (kind === "name" && !isReserved(text)) return takeNamed(tokens);
  if (tokens.takeIf("true")) return literal(text, true);
  if (tokens.takeIf("false")) return literal(text, false);
  throw tokens.unexpected(expected, text === "." ? "a number begins with a digit" : undefined);
}

function takeNumber(tokens: TokenReader): Operand {
  const { text } = tokens.token;
  const number = Number(text);
  if (!Number.isFinite(number)) throw tokens.fault(`${text} is too large for a number`);
  tokens.take();
  const isExact = Number.isSafeInteger(number) || !/^-?[0-9]+$/.test(text);
  return literal(text, isExact ? number : BigInt(text));
}

/** A string, unless a path goes on from it. */
function takeQuoted(tokens: TokenReader): Operand {
  const quoted = tokens.take();
  if (tokens.is(".") || tokens.is("[")) return pathOperand(takeSteps(quoted, tokens));
  const quote = quoted.text.includes("'") ? '"' : "'";
  return literal(quote + quoted.text + quote, quoted.text);
}

function takeNamed(tokens: TokenReader): Operand {
  const name = tokens.take();
  return tokens.takeIf("(") ? takeCall(name, tokens) : pathOperand(takeSteps(name, tokens));
}

function takeCall(name: Token, tokens: TokenReader): Operand {
  const create = functions.get(name.text);
  if (!create) throw tokens.fault(unknownFunction(name.text), name);
  const path = takePath(tokens);
  tokens.expect(")");
  return create(path);
}

function unknownFunction(name: string): string {
  const known = [...functions.keys()];
  return `no function named "${name}"${nearestNameHint(name, known) || `, there is ${known.join(", ")}`}`;
}

const functions = new Map<string, (path: OutputPath) => Operand>([["present", presentOperand]]);
for (const [name, reduce] of reductions) {
  functions.set(name, (path) => ({
    text: `${name}(${path.text})`,
    type: "number",
    path,
    read: (output) => reduce(readFieldPath(path, output), path),
  }));
}

function presentOperand(path: OutputPath): Operand {
  const text = `present(${path.text})`;
  return { text, type: "boolean", path, read: (output) => isFieldPresent(path, output) };
}

function pathOperand(path: OutputPath): Operand {
  const read: Operand["read"] = (output) => scalarOf(readFieldPath(path, output), path);
  return { text: path.text, type: undefined, path, read };
}

function literal(text: string, value: Scalar): Operand {
  return { text, type: scalarType(value), path: undefined, read: () => value };
}
