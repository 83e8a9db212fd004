import { type Comparison, ComparisonTally, notText } from "./comparison.js";

/**
 * Compares two decoded messages of any type, field by field. Numbers may differ unless both are whole, as they then may be
 * ids; 64-bit integers, texts and bytes are equal or not.
 * @param tolerance by how much numbers may differ, or by which share of the larger one
 */
export function compareMessages(expected: object, actual: object, tolerance: number): Comparison {
  const tally = new ComparisonTally(tolerance);
  compareValues(expected, actual, tally);
  return tally.end();
}

function compareValues(expected: unknown, actual: unknown, tally: ComparisonTally): void {
  if (isBytes(expected) && isBytes(actual)) compareBytes(expected, actual, tally);
  else if (Array.isArray(expected) && Array.isArray(actual)) compareLists(expected, actual, tally);
  else if (isMessage(expected) && isMessage(actual)) compareFields(expected, actual, tally);
  else if (!tally.isAlike(expected, actual, Number.isInteger(expected) && Number.isInteger(actual))) {
    tally.differ(notText(expected, actual));
  }
}

function compareBytes(expected: Uint8Array, actual: Uint8Array, tally: ComparisonTally): void {
  if (Buffer.compare(expected, actual) === 0) return;
  const sizes = actual.length === expected.length ? "" : `; ${actual.length} of them, not ${expected.length}`;
  tally.differ(`other bytes${sizes}`);
}

function compareLists(
  expected: readonly unknown[],
  actual: readonly unknown[],
  tally: ComparisonTally,
): void {
  if (expected.length !== actual.length) {
    tally.differ(`${actual.length} items, not ${expected.length}`);
    return;
  }
  for (const [i, item] of expected.entries()) {
    tally.within(i, () => compareValues(item, actual[i], tally));
  }
}

function compareFields(expected: Message, actual: Message, tally: ComparisonTally): void {
  for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    tally.within(name, () => {
      if (!Object.hasOwn(actual, name)) tally.differ("is missing");
      else if (!Object.hasOwn(expected, name)) tally.differ("is there, but not expected");
      else compareValues(expected[name], actual[name], tally);
    });
  }
}

type Message = Readonly<Record<string, unknown>>;

function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isBytes(value);
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}
