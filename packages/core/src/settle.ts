import { isThenable } from "./is-thenable.js";

/**
 * Goes on with what `start` gives: at once when it is there at once, else when it comes, so that no promise is made where
 * none is needed. `fail` gets what `start` throws or its promise rejects with, and what `succeed` throws stays outside.
 */
export function settle<T, Result>(
  start: () => T | PromiseLike<T>,
  succeed: (value: T) => Result,
  fail: (thrown: unknown) => never,
): Result | PromiseLike<Result> {
  let value: T | PromiseLike<T>;
  try {
    value = start();
  } catch (thrown) {
    return fail(thrown);
  }
  return isThenable(value) ? (value as PromiseLike<T>).then(succeed, fail) : succeed(value as T);
}
