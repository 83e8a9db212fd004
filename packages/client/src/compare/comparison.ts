import { type FieldPath, formatFieldPath, quoteValue } from "@paddlewheel/core";

/** One place where two answers are not alike. */
export interface Difference {
  /** `prob`, `prob[3]`, `user.scores[0]`. */
  readonly path: string;
  /** What came and what was expected: `0.7, not 0.5`. */
  readonly message: string;
}

/** How alike two answers are. */
export interface Comparison {
  readonly isEqual: boolean;
  /** Largest difference of two numbers, of equal ones too; Infinity where only one of them is finite, or a number. */
  readonly maxAbsolute: number;
  /** Largest difference as a share of the larger number, at most 2; Infinity likewise. */
  readonly maxRelative: number;
  /** The first of them. */
  readonly differences: readonly Difference[];
}

/** Differences that are told of: a model that is wrong is wrong everywhere. */
const maxDifferences = 10;

/** What a comparison has found so far. */
export class ComparisonTally {
  readonly #tolerance: number;
  readonly #path: (string | number)[] = [];
  readonly #differences: Difference[] = [];
  #isEqual = true;
  #maxAbsolute = 0;
  #maxRelative = 0;

  /** @param tolerance by how much numbers may differ, or by which share of the larger one: 0 to 1 */
  constructor(tolerance: number) {
    this.#tolerance = tolerance;
  }

  /** Compares what stands behind a name or index. */
  within(step: string | number, compare: () => void): void {
    this.#path.push(step);
    compare();
    this.#path.pop();
  }

  /** Something is not alike, here. */
  differ(message: string): void {
    this.#isEqual = false;
    if (this.#differences.length < maxDifferences) {
      this.#differences.push({ path: formatFieldPath(this.#path as FieldPath), message });
    }
  }

  /**
   * Whether two values are alike, which is for the caller to tell of. NaN is like NaN, 0 like -0.
   * @param isExact without the tolerance
   */
  isAlike(expected: unknown, actual: unknown, isExact: boolean): boolean {
    if (expected === actual) return true;
    if (typeof expected === "number" && typeof actual === "number") {
      return this.#isNear(expected, actual, isExact);
    }
    if (typeof expected === "bigint" && typeof actual === "bigint") this.#keepIntegers(expected, actual);
    return false;
  }

  end(): Comparison {
    return {
      isEqual: this.#isEqual,
      maxAbsolute: this.#maxAbsolute,
      maxRelative: this.#maxRelative,
      differences: this.#differences,
    };
  }

  #isNear(expected: number, actual: number, isExact: boolean): boolean {
    if (Number.isNaN(expected) && Number.isNaN(actual)) return true;
    const larger = Math.max(Math.abs(expected), Math.abs(actual));
    // Not finite also for NaN.
    if (!Number.isFinite(larger)) {
      this.#keep(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
      return false;
    }
    const absolute = Math.abs(expected - actual);
    // The difference of two numbers with two signs may be more than a number can hold.
    this.#keep(absolute, Math.min(absolute / larger, 2));
    return !isExact && absolute <= this.#tolerance * Math.max(larger, 1);
  }

  /** 64-bit integers are exact, their difference to 53 bits. */
  #keepIntegers(expected: bigint, actual: bigint): void {
    const absolute = Math.abs(Number(expected - actual));
    this.#keep(absolute, absolute / Math.max(Math.abs(Number(expected)), Math.abs(Number(actual))));
  }

  #keep(absolute: number, relative: number): void {
    if (absolute > this.#maxAbsolute) this.#maxAbsolute = absolute;
    if (relative > this.#maxRelative) this.#maxRelative = relative;
  }
}

/** `0.7, not 0.5` */
export function notText(expected: unknown, actual: unknown): string {
  return `${quoteValue(actual)}, not ${quoteValue(expected)}`;
}
