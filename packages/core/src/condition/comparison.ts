import { Code } from "../code.js";
import { startupOp } from "../dag/workflow-conf.js";
import { ServeError } from "../serve-error.js";
import type { OutputPath } from "./field-path.js";
import { type ReadOutput, unusable } from "./read-field-path.js";
import { type Scalar, type ScalarType, scalarType } from "./scalar.js";

/** A part of a condition, or the whole. */
export type Test = (output: ReadOutput) => boolean;

/** A side of a comparison. */
export interface Operand {
  /** As messages show it. */
  readonly text: string;
  /** Known from the text alone; undefined when it depends on an output. */
  readonly type: ScalarType | undefined;
  /** Where it reads; undefined for a literal. */
  readonly path: OutputPath | undefined;
  /** @throws ServeError when there is no scalar to read. */
  readonly read: (output: ReadOutput) => Scalar;
}

export interface Operator {
  readonly symbol: string;
  readonly isOrder: boolean;
  /** Of two scalars of the same type. */
  holds(a: Scalar, b: Scalar): boolean;
}

const operators: readonly Operator[] = [
  { symbol: "==", isOrder: false, holds: isEqual },
  { symbol: "!=", isOrder: false, holds: (a, b) => !isEqual(a, b) },
  { symbol: "<", isOrder: true, holds: (a, b) => a < b },
  { symbol: "<=", isOrder: true, holds: (a, b) => a <= b },
  { symbol: ">", isOrder: true, holds: (a, b) => a > b },
  { symbol: ">=", isOrder: true, holds: (a, b) => a >= b },
];

/** Equal as neither is less: `===` would tell 1 from 1n, and `==` would find "1" and 1 equal. */
function isEqual(a: Scalar, b: Scalar): boolean {
  return a === b || (a <= b && a >= b);
}

export function findOperator(symbol: string): Operator | undefined {
  return operators.find((operator) => operator.symbol === symbol);
}

export interface Comparison {
  readonly left: Operand;
  readonly operator: Operator;
  readonly right: Operand;
}

/** What is wrong with a comparison whatever the outputs are. */
export function comparisonFault(comparison: Comparison): string | undefined {
  const { left, operator, right } = comparison;
  if (left.path || right.path) return mismatch(comparison, left.type, right.type);
  return `both sides of "${operator.symbol}" are fixed, one must read an output`;
}

/** The test of a comparison without such a fault. */
export function createComparison(comparison: Comparison): Test {
  const { left, operator, right } = comparison;
  return (output) => {
    const a = left.read(output);
    const b = right.read(output);
    if (typeof a !== "number" || typeof b !== "number") checkTypes(comparison, a, b);
    return operator.holds(a, b);
  };
}

/** The test of an operand that must be boolean by itself. */
export function createBareTest({ path, text, read }: Operand): Test {
  return (output) => {
    const value = read(output);
    if (typeof value === "boolean" || path === undefined) return value === true;
    throw unusable(path, `"${text}" is a ${scalarType(value)} and no condition: compare it`);
  };
}

function checkTypes(comparison: Comparison, a: Scalar, b: Scalar): void {
  const message = mismatch(comparison, scalarType(a), scalarType(b));
  if (message === undefined) return;
  const { left, right } = comparison;
  // When an output meets the request, it is the request that varies.
  const isRequests = left.path?.dependency === startupOp || right.path?.dependency === startupOp;
  throw new ServeError(isRequests ? Code.invalidArgument : Code.opFailure, message);
}

function mismatch(
  { left, operator, right }: Comparison,
  a: ScalarType | undefined,
  b: ScalarType | undefined,
): string | undefined {
  const isMixed = a !== undefined && b !== undefined && a !== b;
  const isOrdered = operator.isOrder && (a === "boolean" || b === "boolean");
  if (!isMixed && !isOrdered) return undefined;
  const text = `"${left.text} ${operator.symbol} ${right.text}"`;
  return isMixed
    ? `${text} compares a ${a} with a ${b}, both must be of one type`
    : `${text} orders booleans, which have only == and !=`;
}
