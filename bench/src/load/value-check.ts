/**
 * What is wrong with the values of an answer; undefined when they are `expected`. They may differ by `tolerance`
 * relative to the largest expected one: batches and optimised models add the same numbers in another order.
 */
export function checkValues(
  values: Float32Array,
  expected: Float32Array,
  tolerance = 1e-5,
): string | undefined {
  if (values.length !== expected.length) {
    return `the answer has ${values.length} values, ${expected.length} are right`;
  }
  const allowed = tolerance * largestMagnitude(expected);
  for (const [i, right] of expected.entries()) {
    const value = values[i] ?? Number.NaN;
    // Written so that NaN fails.
    if (!(Math.abs(value - right) <= allowed))
      return `value ${i} of the answer is ${value}, ${right} is right`;
  }
  return undefined;
}

function largestMagnitude(values: Float32Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}
