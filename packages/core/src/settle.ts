/**
 * Goes on with what `start` gives: at once when it is there at once, else when its promise settles, so that no promise is
 * made where none is needed. `fail` gets what `start` throws or its promise rejects with, and what `succeed` throws stays
 * outside.
 */
export function settle<T, Result>(
  start: () => T | Promise<T>,
  succeed: (value: T) => Result,
  fail: (thrown: unknown) => never,
): Result | Promise<Result> {
  let value: T | Promise<T>;
  try {
    value = start();
  } catch (thrown) {
    return fail(thrown);
  }
  return value instanceof Promise ? value.then(succeed, fail) : succeed(value);
}
