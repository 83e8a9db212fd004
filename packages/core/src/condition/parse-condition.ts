import {
  comparisonFault,
  createBareTest,
  createComparison,
  findOperator,
  type Operand,
  type Operator,
  type Test,
} from "./comparison.js";
import type { Condition } from "./condition.js";
import { takeOperand } from "./parse-operand.js";
import { parseTokens, type Token, type TokenReader } from "./tokens.js";

/** Parentheses and `not` inside each other: bounds the stack, and nobody can read more. */
const maxNesting = 32;

/**
 * Reads a condition, at most 1024 characters, or says what is wrong with it, in one line with the column from 1.
 *
 * ```ebnf
 * condition  = conjunct , { "or" , conjunct } ;
 * conjunct   = negation , { "and" , negation } ;
 * negation   = "not" , negation | "(" , condition , ")" | comparison ;
 * comparison = operand , [ operator , operand ] ;   (* alone only what is boolean *)
 * operator   = "==" | "!=" | "<" | "<=" | ">" | ">=" ;
 * operand    = function , "(" , path , ")" | path | literal ;
 * function   = "min" | "max" | "sum" | "mean" | "size" | "present" ;
 * path       = name , { "." , name | "[" , integer , "]" } ;
 * name       = identifier | quoted ;
 * identifier = ( letter | "_" ) , { letter | digit | "_" | "-" } ;
 * literal    = number | quoted | "true" | "false" ;
 * integer    = [ "-" ] , digits ;
 * number     = [ "-" ] , digits , [ "." , digits ] , [ ( "e" | "E" ) , [ "+" | "-" ] , digits ] ;
 * quoted     = "'" , { any but "'" } , "'" | '"' , { any but '"' } , '"' ;
 * ```
 *
 * A path begins with a dependency; `readFieldPath` says how the rest is read. Quotes of either kind, whichever the conf
 * file leaves free, make a name inside a path and in the parentheses of a function, and elsewhere a string: a lone
 * `"fc_0.tmp_1"` is a string. A dependency called like a reserved word (and, or, not, true, false, in any case) must be
 * quoted, a field need not. There is no arithmetic, `-` belongs to names. A whole number too large for a double is exact.
 *
 * - Sides of a comparison are numbers (any width, bigint as well), strings or booleans, and both the same; a tensor or
 *   list of one element is that element. Booleans have no order, strings have that of their code units.
 * - NaN is what it is in IEEE 754: all comparisons with it are false, but `!=` is true.
 * - min, max, sum and mean take all elements of a tensor or list of numbers, size counts them. Of nothing, sum and size
 *   are 0 and the others an error. One NaN makes the result NaN.
 * - present tells whether a dependency has an output and the output such a field; it is never an error.
 */
export function parseCondition(text: string): { readonly condition: Condition } | { readonly fault: string } {
  return parseTokens(text, (tokens) => {
    const parser = new ConditionParser(tokens);
    const holds = parser.parse();
    return { condition: { text, dependencies: [...parser.dependencies], holds } };
  });
}

class ConditionParser {
  readonly dependencies: Set<string> = new Set();
  readonly #tokens: TokenReader;
  #nesting = 0;

  constructor(tokens: TokenReader) {
    this.#tokens = tokens;
  }

  parse(): Test {
    const test = this.#condition();
    if (this.#tokens.token.kind !== "end") throw this.#unexpectedAfter("the end");
    return test;
  }

  #condition(): Test {
    const tests = this.#joined("or", () => this.#conjunct());
    return (output) => tests.some((test) => test(output));
  }

  #conjunct(): Test {
    const tests = this.#joined("and", () => this.#negation());
    return (output) => tests.every((test) => test(output));
  }

  #joined(word: string, take: () => Test): Test[] {
    const tests = [take()];
    while (this.#tokens.takeIf(word)) tests.push(take());
    return tests;
  }

  #negation(): Test {
    if (this.#tokens.is("not")) return this.#nested(() => this.#not());
    if (this.#tokens.is("(")) return this.#nested(() => this.#parenthesised());
    return this.#comparison();
  }

  #nested(take: () => Test): Test {
    this.#nesting++;
    if (this.#nesting > maxNesting) {
      throw this.#tokens.fault(`"not" and parentheses are more than ${maxNesting} deep`);
    }
    this.#tokens.take();
    const test = take();
    this.#nesting--;
    return test;
  }

  #not(): Test {
    const test = this.#negation();
    return (output) => !test(output);
  }

  #parenthesised(): Test {
    const test = this.#condition();
    if (!this.#tokens.takeIf(")")) throw this.#unexpectedAfter('")"');
    return test;
  }

  #comparison(): Test {
    const first = this.#tokens.token;
    const left = this.#operand("a condition");
    const operator = this.#operator();
    if (!operator) return this.#bare(left, first);
    const place = this.#tokens.take();
    const comparison = { left, operator, right: this.#operand("a value") };
    const fault = comparisonFault(comparison);
    if (fault !== undefined) throw this.#tokens.fault(fault, place);
    return createComparison(comparison);
  }

  /** An operand that nothing is compared with. */
  #bare(operand: Operand, place: Token): Test {
    const isWhole = ["and", "or", ")", ""].some((next) => this.#tokens.is(next));
    if (!isWhole) throw this.#tokens.unexpected("a comparison operator");
    const { text, type } = operand;
    if (type === undefined || type === "boolean") return createBareTest(operand);
    throw this.#tokens.fault(`${text} is a ${type} and no condition: compare it`, place);
  }

  #operand(expected: string): Operand {
    const operand = takeOperand(this.#tokens, expected);
    if (operand.path) this.dependencies.add(operand.path.dependency);
    return operand;
  }

  #operator(): Operator | undefined {
    const { kind, text } = this.#tokens.token;
    return kind === "symbol" ? findOperator(text) : undefined;
  }

  #unexpectedAfter(end: string): Error {
    const hint = this.#operator() && 'a comparison has two sides, join several with "and"';
    return this.#tokens.unexpected(`"and", "or" or ${end}`, hint);
  }
}
