import { createFieldName, createFieldPath, type OutputPath, type PathStep } from "./field-path.js";
import { isReserved, type Token, type TokenReader } from "./tokens.js";

/** Takes a whole path. */
export function takePath(tokens: TokenReader): OutputPath {
  if (!isHead(tokens.token)) throw tokens.unexpected("the name of a dependency");
  return takeSteps(tokens.take(), tokens);
}

/** Takes the steps of a path whose dependency has been taken. */
export function takeSteps(head: Token, tokens: TokenReader): OutputPath {
  const steps: PathStep[] = [];
  while (true) {
    if (tokens.takeIf(".")) steps.push(createFieldName(takeFieldName(tokens)));
    else if (tokens.takeIf("[")) steps.push(takeIndex(tokens));
    else return createFieldPath(head.text, steps);
  }
}

function isHead({ kind, text }: Token): boolean {
  return kind === "quoted" || (kind === "name" && !isReserved(text));
}

/** After a point every word is a name, and so is a text in quotes. */
function takeFieldName(tokens: TokenReader): string {
  const { kind } = tokens.token;
  if (kind === "name" || kind === "quoted") return tokens.take().text;
  throw tokens.unexpected("the name of a field", kind === "number" ? "an index is written [0]" : undefined);
}

function takeIndex(tokens: TokenReader): number {
  const { kind, text } = tokens.token;
  const index = Number(text);
  if (kind !== "number" || !Number.isSafeInteger(index)) {
    throw tokens.unexpected(
      "a whole number",
      kind === "quoted" ? "a field is written with a point" : undefined,
    );
  }
  tokens.take();
  tokens.expect("]");
  return index;
}
