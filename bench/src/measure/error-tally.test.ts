import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorTally } from "./error-tally.js";

test("all errors are counted, the first five different ones are kept", () => {
  const tally = new ErrorTally();
  for (const message of ["a", "a", "b", "c", "d", "e", "f", "g"]) tally.add(message);
  assert.equal(tally.count, 8);
  assert.deepEqual(tally.samples, ["a", "b", "c", "d", "e"]);
});
